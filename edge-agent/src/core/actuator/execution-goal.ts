// Judges from two observations whether an execution has reached its goal. Pure. It answers "did the act happen", not "did it
// help": whether health holds is the control plane's stability window.
// What a reader would get wrong: systemctl ends well although systemd then refuses the start. The unit stays in its old run,
// and Result at what that died of; only the instant of its last change moves, from failed to failed (tried on systemd 252).
import type { ActionSpec } from "@countersign/shared/host/catalogue";
import type { UnitState } from "@countersign/shared/wire/service-report";

export interface Progress {
  readonly status: "waiting" | "succeeded" | "failed";
  readonly detail: string;
}

const SETTLED: readonly string[] = ["inactive", "failed"];

/** What one look at a unit must say. */
interface Seen {
  readonly state: UnitState;
  /** absent: it is no unit of systemd, or could not be seen */
  readonly setting?: {
    /** a start or stop of it waits for its turn or is under way */
    readonly hasJob: boolean;
    /** when its state last changed, as a text to compare */
    readonly changedAt: string;
    /** its start limit is known to be used up */
    readonly isGivenUp: boolean;
  };
}

export interface Look {
  readonly before: Seen;
  readonly after: Seen;
  /** whether the service names a unit or pid file at all */
  readonly isObservable: boolean;
  /** as the catalogue names it, with the options by which systemctl finds it; absent: it names none */
  readonly unit?: string | undefined;
}

/** Judges one look at the unit after the command itself ended with exit code 0. */
export function judgeProgress(action: ActionSpec, look: Look): Progress {
  if (action.kind === "exec") {
    // Level 4 is a restart by definition; other levels of exec say what they did by their exit code alone.
    if (action.level !== 4 || !look.isObservable) return done("the command ended with exit code 0");
    // A manager within the unit (pm2, supervisord) starts its own anew, and the unit goes on in its run.
    if (
      action.runAs !== undefined &&
      look.unit !== undefined &&
      isActive(look.before) &&
      isActive(look.after)
    )
      return done("the command ended with exit code 0, and the unit is active");
    return judgeStart(look) ?? judgeRefusal(look) ?? waiting(look.after.state);
  }
  const { state } = look.after;
  const noun = action.kind === "container" ? "container" : "unit";
  switch (action.verb) {
    case "restart":
      return judgeQueuedStart(look);
    case "start":
      return state.activeState === "active" ? done(`the ${noun} is active`) : judgeQueuedStart(look);
    case "stop":
      return SETTLED.includes(state.activeState)
        ? done(`the ${noun} is ${state.activeState}`)
        : waiting(state);
    case "reload":
      if (SETTLED.includes(state.activeState)) return failed(`the unit is ${state.activeState}`);
      return state.activeState === "active" ? done("the unit is active") : waiting(state);
    case "reset-failed":
      return ["failed", "unknown"].includes(state.activeState)
        ? waiting(state)
        : done(`the unit is ${state.activeState}`);
  }
}

/** systemd has queued the start before the command ended: without a job it is over, whatever became of it. */
function judgeQueuedStart(look: Look): Progress {
  return judgeStart(look) ?? judgeRefusal(look) ?? judgeNoStart(look) ?? waiting(look.after.state);
}

/** A new run, and how it stands; null: there is none. */
function judgeStart({ before, after: { state } }: Look): Progress | null {
  const isNew = state.invocationId !== "" && state.invocationId !== before.state.invocationId;
  if (!isNew) return null;
  if (state.activeState === "active") return done("it runs under a new invocation");
  if (isJobWellDone(state)) return done("the job ran and ended well");
  return SETTLED.includes(state.activeState)
    ? failed(`it was started and then ${state.activeState} (${state.result})`)
    : waiting(state);
}

/** systemd has refused the start by its limit; null: not as far as is seen. */
function judgeRefusal({ before, after: { setting, state }, unit = "" }: Look): Progress | null {
  if (setting === undefined || setting.hasJob || state.activeState !== "failed") return null;
  // Nothing but a refusal moves a unit from failed to failed in one and the same run.
  const hasMoved = before.setting !== undefined && before.setting.changedAt !== setting.changedAt;
  if (!hasMoved || !(before.state.activeState === "failed" || setting.isGivenUp)) return null;
  return failed(
    `systemd refused the start: its start limit is used up; \`systemctl reset-failed ${unit}\` lets it start again`,
  );
}

/** The start is over and began no run; null: it goes on, or nothing is known of it. */
function judgeNoStart({ before, after: { setting, state }, unit = "" }: Look): Progress | null {
  if (setting === undefined || setting.hasJob || before.state.invocationId === "") return null;
  // systemd forgets a unit that ended well and that nothing refers to, and its run with it.
  if (state.invocationId === "") return isJobWellDone(state) ? done("the job ran and ended well") : null;
  if (!SETTLED.includes(state.activeState)) return null;
  return failed(
    `systemd began no run of it: a condition does not hold, or a unit that it requires failed; \`systemctl status ${unit}\` says more`,
  );
}

function isActive({ state }: Seen): boolean {
  return state.activeState === "active";
}

function isJobWellDone({ activeState, result, type }: UnitState): boolean {
  return type === "oneshot" && activeState === "inactive" && result === "success";
}

const done = (detail: string): Progress => ({ status: "succeeded", detail });
const failed = (detail: string): Progress => ({ status: "failed", detail });
const waiting = (after: UnitState): Progress => ({
  status: "waiting",
  detail: `the unit is ${after.activeState}`,
});
