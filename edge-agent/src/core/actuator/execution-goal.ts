// Judges from two observations whether an execution has reached its goal. Pure. It answers "did the act happen", not "did it
// help": whether health holds is the control plane's stability window.
import type { ActionSpec } from "@countersign/shared/host/catalogue";
import type { UnitState } from "@countersign/shared/wire/service-report";

export interface Progress {
  readonly status: "waiting" | "succeeded" | "failed";
  readonly detail: string;
}

const SETTLED: readonly string[] = ["inactive", "failed"];

export interface Look {
  readonly before: UnitState;
  readonly after: UnitState;
  /** whether the service names a unit or pid file at all */
  readonly isObservable: boolean;
}

/** Judges one look at the unit after the command itself ended with exit code 0. */
export function judgeProgress(action: ActionSpec, { before, after, isObservable }: Look): Progress {
  if (action.kind === "exec") {
    // Level 4 is a restart by definition; other levels of exec say what they did by their exit code alone.
    if (action.level !== 4 || !isObservable) return done("the command ended with exit code 0");
    return judgeRestart(before, after);
  }
  switch (action.verb) {
    case "restart":
      return judgeRestart(before, after);
    case "start":
      return after.activeState === "active" ? done("the unit is active") : judgeRestart(before, after);
    case "stop":
      return SETTLED.includes(after.activeState) ? done(`the unit is ${after.activeState}`) : waiting(after);
    case "reload":
      if (SETTLED.includes(after.activeState)) return failed(`the unit is ${after.activeState}`);
      return after.activeState === "active" ? done("the unit is active") : waiting(after);
    case "reset-failed":
      return ["failed", "unknown"].includes(after.activeState)
        ? waiting(after)
        : done(`the unit is ${after.activeState}`);
  }
}

function judgeRestart(before: UnitState, after: UnitState): Progress {
  const isNew = after.invocationId !== "" && after.invocationId !== before.invocationId;
  if (!isNew) return waiting(after);
  if (after.activeState === "active") return done("the unit runs under a new invocation");
  if (after.type === "oneshot" && after.activeState === "inactive" && after.result === "success")
    return done("the job ran and ended well");
  return SETTLED.includes(after.activeState)
    ? failed(`it was started and then ${after.activeState} (${after.result})`)
    : waiting(after);
}

const done = (detail: string): Progress => ({ status: "succeeded", detail });
const failed = (detail: string): Progress => ({ status: "failed", detail });
const waiting = (after: UnitState): Progress => ({
  status: "waiting",
  detail: `the unit is ${after.activeState}`,
});
