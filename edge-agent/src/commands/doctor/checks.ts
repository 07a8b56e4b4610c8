// The part of `doctor` that runs every check once, by the agent's own code and with its eyes, and tells what it found. A service that is
// down now is a wrong finding too: whoever installs wants to see all of them pass once. Users' units and containers are seen through the
// actuator, as the agent sees them. Not pure.
import type { CheckSpec, ServiceSpec } from "@countersign/shared/host/catalogue";
import { systemctlMend } from "@countersign/shared/host/mend";
import { createActuatorClient } from "../../actuator-client.ts";
import { lookAtUnit } from "../../actuator/observe-unit.ts";
import { EXACT_LOOK_TIMEOUT_MS, runJob } from "../../checks/check-loop.ts";
import { createPluginAsker } from "../../checks/installed-plugin.ts";
import { type CheckPlugin, spawnPlugin } from "../../checks/plugin-check.ts";
import { observingActOf } from "../../core/actuator/sudoers.ts";
import { summaryOf } from "../../core/connection/reporting.ts";
import { editCatalogue, eachService, type Examiner, type Scene } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

export const checksExaminer: Examiner = {
  name: "checks",
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
  const isExact = check.kind === "unit" && observingActOf(service) !== null;
  if (isExact && scene.paths.mode === "process")
    return unknown(name, "only an actuator that is installed sees users' units and containers");
  const job = { service, check, timeoutMs: check.timeout };
  const actuator = createActuatorClient({
    socketPath: scene.paths.socket,
    timeoutMs: EXACT_LOOK_TIMEOUT_MS,
  });
  const observeUnit = () => (isExact ? actuator.observe(service.name) : lookAtUnit(service));
  const { status, summary, unit } = await runJob(job, { observeUnit, checkPlugin }, false);
  const found = summaryOf(summary);
  return status === "pass"
    ? well(name, `it passes: ${found}`)
    : wrong(
        name,
        `it fails: ${found}`,
        unit?.loadState === "not-found" ? editCatalogue(scene.paths) : mendOf(service, check, scene),
      );
}

// A unit that is down is started; what else fails has its cause in what it says, or in the catalogue.
function mendOf({ unit, user }: ServiceSpec, { kind }: CheckSpec, { paths }: Scene): string {
  return unit === undefined || kind !== "unit" ? editCatalogue(paths) : systemctlMend("restart", unit, user);
}
