// What a start of a unit is: a restart, or one more run of what is meant to be started again and again; whether it can be
// started; how long that may take. The one definition for the shard, the actuator and the agent's judgement of a unit. Pure.
// What a reader would get wrong: nothing says who began a run. So what counts is how the unit was left before it: a job, or
// a service that a timer, socket or path starts, which ended well, is started by plan; one that died, or that ran until it
// was started anew, was restarted by somebody.
import type { UnitState } from "../wire/service-report.ts";

/** Of a unit that does not say how long it may take to start: systemd's own default. */
export const START_TIMEOUT_DEFAULT_MS = 90_000;
/** A start without a bound is waited for so long, and told then. */
export const START_UNBOUNDED_MS = 15 * 60_000;
/** None is waited for any longer, whatever its host tells: what does not serve after a day is told. */
export const START_TIMEOUT_MS_MAX = 24 * 3_600_000;
/** An act waits no longer for a start that it began: whatever else is approved for the service waits behind it. */
export const START_WAIT_MAX_MS = 5 * 60_000;

/**
 * Says whether the next start of the unit is a run by plan, and no restart. Of an older agent, which tells neither type nor
 * triggers, it never is.
 */
export function isBetweenRuns({ activeState, result, triggeredBy = [], type }: UnitState): boolean {
  if (result !== "success") return false;
  // The end of one run is easily missed between two looks; a job that stays active after its run is stopped and started by
  // somebody.
  if (type === "oneshot") return activeState !== "active";
  return triggeredBy.length > 0 && activeState === "inactive";
}

/** Why systemd can start it by no means; null: it can, as far as is known. It may still run, if it ran before. */
export function unloadedOf({ loadState = "loaded" }: Pick<UnitState, "loadState">): UnloadedState | null {
  return UNLOADED.find((state) => state === loadState) ?? null;
}

const UNLOADED = [
  "not-found",
  "masked",
  "bad-setting",
  "error",
] as const satisfies readonly UnitState["loadState"][];
export type UnloadedState = (typeof UNLOADED)[number];

/** How long a start may take before it is one that fails. */
export function startTimeoutOf({ startTimeoutMs }: Pick<UnitState, "startTimeoutMs">): number {
  if (startTimeoutMs === null) return START_UNBOUNDED_MS;
  return Math.min(startTimeoutMs ?? START_TIMEOUT_DEFAULT_MS, START_TIMEOUT_MS_MAX);
}

/** How long an act waits for a start that it began, as long as the unit is starting. */
export function startWaitOf(unit: Pick<UnitState, "startTimeoutMs">): number {
  return Math.min(startTimeoutOf(unit), START_WAIT_MAX_MS);
}
