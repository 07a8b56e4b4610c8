// The unit files of plugins as they stand on this machine: which there are, and taking them away. Changes the machine; as
// root.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { PLUGIN_SLICE, PLUGIN_UNIT_PATTERN } from "../core/evidence/plugin-units.ts";
import { UNIT_DIR } from "../paths.ts";
import { tryTool } from "../run-tool.ts";

/** The names of the installed ones that are none of `wanted`. */
export async function findPluginUnits(wanted: readonly string[] = []): Promise<readonly string[]> {
  const names = await readdir(UNIT_DIR).catch(() => []);
  return names
    .filter((name) => PLUGIN_UNIT_PATTERN.test(name) || name === PLUGIN_SLICE)
    .filter((name) => !wanted.includes(name))
    .sort();
}

/** Stops what they run and removes them. */
export async function removePluginUnits(names: readonly string[]): Promise<void> {
  const sockets = names.filter((name) => name.endsWith(".socket"));
  if (sockets.length > 0) await tryTool(["systemctl", "disable", "--now", ...sockets]);
  if (names.includes(PLUGIN_SLICE)) await tryTool(["systemctl", "stop", PLUGIN_SLICE]);
  for (const name of names) await rm(join(UNIT_DIR, name), { force: true });
}
