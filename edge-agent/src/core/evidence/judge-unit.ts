// How the state of a unit is judged: by what systemd says of its kind, and not by whether a process runs. Pure.
// What a reader would get wrong: a job between its runs, and a service that its socket will start, are well while they are
// inactive; a unit that is active may have no process at all (`active (exited)`), and then it can say nothing of what people
// care about.
import { classOfUnitResult } from "@countersign/shared/host/unit-class";
import { isBetweenRuns, unloadedOf, type UnloadedState } from "@countersign/shared/host/unit-run";
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { Observation } from "./observation.ts";
import type { SeenUnit } from "./unit-state.ts";

/** What the judgement needs to know beside what was seen now. */
export interface AboutUnit {
  /** as the catalogue names it; absent: a pid file */
  readonly unit?: string | undefined;
  /** the catalogue's action that resets a failed unit; absent: it has none */
  readonly resetAction?: string | undefined;
  /** the run before the one that goes on now ended badly, as far as was seen */
  readonly hasFailedRun?: boolean;
}

/** Reloading serves on; activating does not serve yet (a job does: it runs), nor does the wait before a restart. */
export function judgeUnit(seen: SeenUnit, about: AboutUnit = {}): Observation {
  const { state } = seen;
  const words = [wordsOf(state), ...notesOf(seen, about)].join(": ");
  const observed = { summary: words, latencyMs: null, unit: state } as const;
  if (isElapsed(state)) return { status: "fail", severity: "warning", ...observed };
  if (isWell(seen, about)) return { status: "pass", ...observed };
  const failureClass = classOfUnitResult(state.result);
  return { status: "fail", ...observed, ...(failureClass === null ? {} : { class: failureClass }) };
}

/** Whether the next run of a job is judged as one after a failure: what was seen now, or else what was known. */
export function hasFailedRunAfter(known: boolean, { activeState }: UnitState): boolean {
  if (activeState === "failed") return true;
  return activeState === "inactive" || activeState === "active" ? false : known;
}

// What is started by plan is well between its runs; so is one that comes to its end, and a job that runs. What is to stay
// active is no such job.
function isWell({ setting, state }: SeenUnit, { hasFailedRun }: AboutUnit): boolean {
  const { activeState, subState, triggeredBy = [] } = state;
  if (activeState === "active" || activeState === "reloading") return true;
  if (unloadedOf(state) !== null || subState.startsWith("auto-restart")) return false;
  const isToStay = state.type === "oneshot" && setting?.remains === true;
  if (activeState === "activating") return isBetweenRuns(state) && !isToStay && hasFailedRun !== true;
  if (activeState !== "inactive" && activeState !== "deactivating") return false;
  const isPlanned = isBetweenRuns({ ...state, activeState: "inactive" });
  return isPlanned && (!isToStay || triggeredBy.length > 0) && setting?.isForgotten !== true;
}

// A timer without a next run: its job is over for good, or for this boot.
function isElapsed({ activeState, subState }: UnitState): boolean {
  return activeState === "active" && subState === "elapsed";
}

function wordsOf({ activeState, result, subState }: UnitState): string {
  const details = [subState, result === "success" ? "" : result].filter((text) => text !== "");
  return details.length === 0 ? activeState : `${activeState} (${details.join(", ")})`;
}

function notesOf({ setting, state }: SeenUnit, about: AboutUnit): readonly string[] {
  const { unit = "the unit" } = about;
  const unloaded = unloadedOf(state);
  if (unloaded !== null) return [unloadedWords(state, unloaded, unit)];
  if (isElapsed(state)) return ["it plans no further run"];
  if (state.activeState === "active" && state.subState === "exited")
    return [["it has no process to watch", ...standInWords(setting?.parts ?? [])].join("; ")];
  if (setting?.isGivenUp === true) return [givenUpWords(state, about)];
  if (setting?.isForgotten === true)
    return [`nothing starts it any more, for ${(state.triggeredBy ?? []).join(", ")} is not active`];
  if (state.activeState === "activating" && about.hasFailedRun === true) return ["its last run failed"];
  return [];
}

/** Why systemd can start the unit by no means, with what a person does about it. */
export function unloadedWords({ activeState }: UnitState, unloaded: UnloadedState, unit: string): string {
  switch (unloaded) {
    case "not-found":
      return activeState === "active"
        ? `the unit file of ${unit} is gone`
        : `this host has no unit ${unit}; correct its name in the catalogue`;
    case "masked":
      return `it is masked, and nothing can start it before \`systemctl unmask ${unit}\``;
    case "bad-setting":
    case "error":
      return `systemd cannot load it (${unloaded}); \`systemctl status ${unit}\` says why`;
  }
}

function standInWords(parts: readonly string[]): readonly string[] {
  return parts.length === 0 ? [] : [`watch ${parts.join(", ")} instead`];
}

function givenUpWords({ restartCount, result }: UnitState, { resetAction, unit }: AboutUnit): string {
  const why =
    result === "start-limit-hit"
      ? "its start limit is used up"
      : `systemd started it again ${restartCount} times and gave up`;
  const helps = `\`systemctl reset-failed ${unit ?? ""}\` lets it start again`;
  return resetAction === undefined
    ? `${why}; ${helps}`
    : `${why}; ${helps}, as the action ${resetAction} does`;
}
