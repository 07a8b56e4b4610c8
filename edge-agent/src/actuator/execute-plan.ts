// Runs an admitted plan and watches the unit until the goal is reached, missed or out of time. Called only after the plan's start is
// in the journal.
import { systemctlOf } from "@countersign/shared/host/action-argv";
import { isStarting } from "@countersign/shared/host/same-unit";
import { startWaitOf } from "@countersign/shared/host/unit-run";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { detailOf } from "../actuator-protocol.ts";
import type { Plan } from "../core/actuator/admission.ts";
import { judgeProgress } from "../core/actuator/execution-goal.ts";
import { isObservable } from "../core/actuator/mint.ts";
import type { SeenUnit } from "../core/evidence/unit-state.ts";
import type { ActuatorPorts } from "./ports.ts";

/** Between two looks at the unit. */
const POLL_MS = 200;

/** Without network sudo cannot look its own host name up, says so, and goes on: that is not why a command failed. */
const SUDO_NOISE = /^sudo: unable to resolve host .*$/gm;

export interface ExecutionEnd {
  readonly status: "succeeded" | "failed" | "timed-out";
  readonly detail: string;
  readonly after: UnitState | null;
}

/** Runs a plan to its end. Never throws for what the command or the unit does. */
export async function executePlan(
  plan: Plan,
  before: SeenUnit,
  ports: Pick<ActuatorPorts, "run" | "observe" | "wait" | "now">,
): Promise<ExecutionEnd> {
  const { service, action } = plan.entry;
  const startedMs = ports.now().monotonicMs;
  const run = await ports.run(plan.argv, action.timeout);
  if (run.how !== "exited" || run.exitCode !== 0)
    return {
      status: run.how === "timed-out" ? "timed-out" : "failed",
      detail: detailOf(`${describeEnd(run.how, run.exitCode)} ${run.output.replaceAll(SUDO_NOISE, "")}`),
      after: (await ports.observe(service)).state,
    };
  // As systemctl takes it: a person may type what is said of it.
  const unit = service.unit && [...systemctlOf(service).slice(1), service.unit].join(" ");
  for (;;) {
    const after = await ports.observe(service);
    const { state } = after;
    const progress = judgeProgress(action, { before, after, isObservable: isObservable(service), unit });
    if (progress.status !== "waiting")
      return { status: progress.status, detail: progress.detail, after: state };
    // What it began goes on within the unit's own time: that is no failure yet.
    const limitMs = isStarting(state) ? Math.max(action.timeout, startWaitOf(state)) : action.timeout;
    if (ports.now().monotonicMs - startedMs >= limitMs)
      return { status: "timed-out", detail: `after ${limitMs} ms ${progress.detail}`, after: state };
    await ports.wait(POLL_MS);
  }
}

function describeEnd(how: "exited" | "not-started" | "timed-out", exitCode: number | null): string {
  switch (how) {
    case "exited":
      return exitCode === null ? "the command was killed:" : `the command ended with exit code ${exitCode}:`;
    case "not-started":
      return "the command could not be started:";
    case "timed-out":
      return "the command did not end in time:";
  }
}
