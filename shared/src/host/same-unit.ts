// Whether a unit is as it was when a proposal was minted: the one definition, by which the shard renews a question, the actuator admits a grant
// and a view says what has changed. Pure.
// What a reader would get wrong: a run that is still being started is another state than one that waits to be started again, although systemd
// calls both `activating`; and a unit that cannot be seen now is never known to be the same.
import type { Precondition } from "../wire/proposal.ts";
import type { UnitState } from "../wire/service-report.ts";

/** What must be the same, of a unit as it was minted: the precondition that a proposal states. */
export type BoundUnit = Readonly<Precondition>;

/** How a unit differs from what it was; `unseen`: it cannot be observed now, so nothing is known. */
export type UnitTurn =
  /** by anyone: another run of it */
  | "started-anew"
  /** it has no run any more, as after `systemctl reset-failed` or a new load of its unit file */
  | "reset"
  /** the same run, in another state or with another result */
  | "turned"
  | "unseen";

/** What of a unit's state a proposal is bound to. */
export function boundUnitOf(unit: UnitState): BoundUnit {
  const { activeState, invocationId, loadState, result } = unit;
  const bound = { activeState, invocationId, result, isStarting: isStarting(unit) };
  return loadState === undefined ? bound : { ...bound, loadState };
}

/**
 * A start is under way, and neither this run nor the one before it has failed: systemd waits for it within the unit's own
 * time. A start that systemd itself made after a run that ended is counted, which a start by anyone else resets.
 */
export function isStarting({ activeState, restartCount, result, subState }: UnitState): boolean {
  const isAgain = restartCount > 0 || subState.startsWith("auto-restart");
  return activeState === "activating" && result === "success" && !isAgain;
}

/** How the unit differs from what it was bound to; null: it does not. */
export function unitTurn(bound: BoundUnit, now: UnitState): UnitTurn | null {
  if (now.activeState === "unknown") return "unseen";
  if (now.invocationId !== bound.invocationId) return now.invocationId === "" ? "reset" : "started-anew";
  const is = boundUnitOf(now);
  const isSame =
    is.activeState === bound.activeState &&
    is.result === bound.result &&
    is.isStarting === bound.isStarting &&
    is.loadState === bound.loadState;
  return isSame ? null : "turned";
}
