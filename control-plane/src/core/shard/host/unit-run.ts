// Whether a unit runs, which is a session that runs whatever its ledger says; and when that began or ended, as reports show
// it. Pure.
// What a reader would get wrong: the host's clock may be wrong, so a start that was seen to happen counts from when its
// report came, and one that was not by its age then (report-age.ts). `active (exited)` has no process and is no run.
import type { UnitState } from "@countersign/shared/wire/service-report";
import type { UnitRun } from "../../facts/shard-fact.ts";
import { ageWhenTold } from "./report-age.ts";
import type { ServiceState } from "./shard-state.ts";

/** Since when the unit runs, by our clock; null: it does not, or that is not known. */
export function unitRunsSinceAt({
  report,
  reportedAt,
}: Pick<ServiceState, "report" | "reportedAt">): number | null {
  const { results, unit } = report;
  if (unit === null || !isRunning(unit)) return null;
  const hostAt = isOneshot(unit) ? unit.inactiveExitAt : unit.activeEnterAt;
  if (hostAt === undefined || hostAt === null) return null;
  const ageMs = ageWhenTold(hostAt, { results, toldAt: reportedAt });
  // Where nothing tells what its clock said, it is believed, but for what has not come yet.
  return ageMs === null ? Math.min(hostAt, reportedAt) : Math.max(0, reportedAt - ageMs);
}

/** What a report says of the unit's run, when it is another one than before. */
export function unitRunChange(
  previous: ServiceState,
  current: ServiceState,
  now: number,
): readonly UnitRun[] {
  const { report, service } = current;
  const { unit } = report;
  const before = previous.report.unit;
  // What cannot be seen now may still go on.
  if (unit !== null && isUnseen(unit)) return [];
  // It was not seen, or our memory of it is lost: then the start that was seen last is what it is compared with.
  const wasRunning =
    before === null || isUnseen(before) ? previous.lastInvocationId !== "" : isRunning(before);
  if (unit === null || !isRunning(unit))
    return wasRunning ? [{ kind: "unit-run", service, at: now, startedAt: null }] : [];
  const isAsBefore = wasRunning && unit.invocationId === previous.lastInvocationId;
  if (isAsBefore) return [];
  const isFirstSeen = previous.lastInvocationId === "";
  const startedAt = isFirstSeen ? unitRunsSinceAt(current) : now;
  return [{ kind: "unit-run", service, at: now, startedAt }];
}

function isUnseen({ activeState }: UnitState): boolean {
  return activeState === "unknown";
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
