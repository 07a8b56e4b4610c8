// The catalogue's value as JSON, printed by a process that ends: what reads YAML is a sixth of the agent's code, and needed once. It checks the
// whole catalogue, so that what is wrong is said with its line; who asked checks the value again (catalogue-by-child.ts). Not pure.
import { parse } from "yaml";
import { parseCatalogue, YAML_ALIASES_MAX } from "./load-catalogue.ts";
import { readOwnedFile } from "./read-owned-file.ts";

/** Prints the result for the file that the arguments name, after the mode. */
export async function printCatalogueValue([mode = "", path = ""]: readonly string[]): Promise<void> {
  const text = await readOwnedFile(path, mode === "system" ? "system" : "process");
  const parsed = text.ok ? parseCatalogue(text.value, path) : text;
  const printed =
    text.ok && parsed.ok
      ? { ok: true, value: parse(text.value, { maxAliasCount: YAML_ALIASES_MAX }) as unknown }
      : parsed;
  process.stdout.write(JSON.stringify(printed));
}
