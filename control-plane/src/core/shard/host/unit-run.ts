// Whether a unit runs, which is a session that runs whatever its ledger says; and when that began or ended, as reports show it. Pure.
// What a reader would get wrong: the host's clock may be wrong, so a start that was seen to happen counts from when its report came.
// `active (exited)` has no process and is no run.
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { UnitRun } from "../../facts/shard-fact.ts";
import type { ServiceState } from "./shard-state.ts";

/** Since when the unit runs, by its host's clock; null: it does not. */
export function unitRunsSinceAt(unit: UnitState): number | null {
  if (!isRunning(unit)) return null;
  return isOneshot(unit) ? (unit.inactiveExitAt ?? null) : unit.activeEnterAt;
}

/** What a report says of the unit's run, when it is another one than before. */
export function unitRunChange(
  previous: ServiceState,
  { report, service }: ServiceState,
  now: number,
): readonly UnitRun[] {
  const { unit } = report;
  const before = previous.report.unit;
  // Our memory may be lost, and with it the unit's last state: then the start that was seen last is what it is compared with.
  const wasRunning = before === null ? previous.lastInvocationId !== "" : isRunning(before);
  if (unit === null || !isRunning(unit))
    return wasRunning ? [{ kind: "unit-run", service, at: now, startedAt: null }] : [];
  const isAsBefore = wasRunning && unit.invocationId === previous.lastInvocationId;
  if (isAsBefore) return [];
  const isFirstSeen = previous.lastInvocationId === "";
  const startedAt = isFirstSeen ? unitRunsSinceAt(unit) : now;
  return [{ kind: "unit-run", service, at: now, startedAt }];
}

function isRunning(unit: UnitState): boolean {
  const { activeState, subState } = unit;
  return (
    activeState === "reloading" || (activeState === "active" && subState === "running") || isOneshot(unit)
  );
}

// It is active only when it has ended.
function isOneshot({ activeState, mainPid, type }: UnitState): boolean {
  return type === "oneshot" && activeState === "activating" && mainPid > 0;
}
