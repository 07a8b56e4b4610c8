// The catalogue's value as JSON, printed by a process that ends: what reads YAML is a sixth of the agent's code, and needed once. It checks the
// whole catalogue, so that what is wrong is said with its line; who asked checks the value again (catalogue-by-child.ts). Not pure.
import { readYaml } from "@countersign/shared/files/yaml-file";
import { parseCatalogue } from "./load-catalogue.ts";
import { readOwnedFile } from "./read-owned-file.ts";

/** Prints the result for the file that the arguments name, after the mode. */
export async function printCatalogueValue([mode = "", path = ""]: readonly string[]): Promise<void> {
  const text = await readOwnedFile(path, mode === "system" ? "system" : "process");
  const parsed = text.ok ? parseCatalogue(text.value, path) : text;
  const yaml = text.ok && parsed.ok ? readYaml(text.value) : null;
  const printed = yaml?.ok === true ? { ok: true, value: yaml.value.value } : parsed;
  process.stdout.write(JSON.stringify(printed));
}
