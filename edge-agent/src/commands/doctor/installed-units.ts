// The part of `doctor` that compares the installed units with what the catalogue says, and asks whether plugins can be run.
// Reads only.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { INSTALL_AGAIN } from "@countersign/shared/host/mend";
import { placeOf, pluginsOf, renderHostUnits } from "../../core/evidence/plugin-units.ts";
import { INSTALLED_AGENT, INSTALLED_NODE, UNIT_DIR } from "../../paths.ts";
import { findPluginUnits } from "../plugin-unit-files.ts";
import type { Examiner } from "./examiner.ts";
import { type Finding, ofService, well, wrong } from "./finding.ts";

/** The units of an installed host. */
export const installedUnitsExaminer: Examiner = {
  name: "installed units",
  eyes: "anyone",
  isOfInstalled: true,
  examine: async ({ catalogue }) => [await examineFiles(catalogue), ...(await examineSockets(catalogue))],
};

async function examineFiles(catalogue: Catalogue): Promise<Finding> {
  const units = renderHostUnits({ node: INSTALLED_NODE, agent: INSTALLED_AGENT }, catalogue);
  for (const { name, text } of units)
    if ((await readFile(join(UNIT_DIR, name), "utf8").catch(() => null)) !== text)
      return wrong("units", `${join(UNIT_DIR, name)} is not what the catalogue says`, INSTALL_AGAIN);
  const [left] = await findPluginUnits(units.map(({ name }) => name));
  return left === undefined
    ? well("units", `${units.length} files in ${UNIT_DIR} are what the catalogue says`)
    : wrong(
        "units",
        `${join(UNIT_DIR, left)} is of a plugin that the catalogue does not name`,
        INSTALL_AGAIN,
      );
}

async function examineSockets(catalogue: Catalogue): Promise<readonly Finding[]> {
  return await Promise.all(
    pluginsOf(catalogue).map(async (plugin) => {
      const { unit, socket } = placeOf(plugin);
      const check = `plugin: ${plugin.service} ${plugin.check.name}`;
      const isThere = await stat(socket).then(
        (stats) => stats.isSocket(),
        () => false,
      );
      return ofService(
        plugin.service,
        isThere
          ? well(check, "systemd starts it for the agent")
          : wrong(check, `${unit}.socket does not listen on ${socket}`, INSTALL_AGAIN),
      );
    }),
  );
}
