// The part of `doctor` that runs every check once, by the agent's own code and with its eyes, and tells what it found. A service that is
// down now is a wrong finding too: whoever installs wants to see all of them pass once. Not pure.
import type { CheckSpec, ServiceSpec } from "@countersign/shared/host/catalogue";
import { systemctlMend } from "@countersign/shared/host/mend";
import { lookAtUnit } from "../../actuator/observe-unit.ts";
import { runJob } from "../../checks/check-loop.ts";
import { createPluginAsker } from "../../checks/installed-plugin.ts";
import { type CheckPlugin, spawnPlugin } from "../../checks/plugin-check.ts";
import { summaryOf } from "../../core/connection/reporting.ts";
import { editCatalogue, eachService, type Examiner, type Scene } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

export const checksExaminer: Examiner = {
  eyes: "agent",
  isWatched: true,
  examine: async (scene) => {
    const checkPlugin = scene.paths.mode === "system" ? createPluginAsker() : spawnPlugin;
    return await eachService(scene.catalogue, (service) =>
      Promise.all(service.checks.map((check) => examineCheck({ service, check }, { checkPlugin, scene }))),
    );
  },
};

async function examineCheck(
  { service, check }: { readonly service: ServiceSpec; readonly check: CheckSpec },
  { checkPlugin, scene }: { readonly checkPlugin: CheckPlugin; readonly scene: Scene },
): Promise<Finding> {
  const name = `check: ${service.name} ${check.name}`;
  if (check.kind === "unit" && service.unit !== undefined && service.manager === "user")
    return unknown(name, "a user's unit is seen by the actuator alone, and is examined as unit");
  if (check.kind === "unit" && service.container !== undefined)
    return unknown(name, "a container is seen by the actuator alone, and is examined as container");
  const job = { service, check, timeoutMs: check.timeout };
  const { status, summary } = await runJob(job, { observeUnit: lookAtUnit, checkPlugin }, false);
  const found = summaryOf(summary);
  return status === "pass"
    ? well(name, `it passes: ${found}`)
    : wrong(name, `it fails: ${found}`, mendOf(service, check, scene));
}

// A unit that is down is started; what else fails has its cause in what it says, or in the catalogue.
function mendOf({ unit, user }: ServiceSpec, { kind }: CheckSpec, { paths }: Scene): string {
  return unit === undefined || kind !== "unit" ? editCatalogue(paths) : systemctlMend("restart", unit, user);
}
