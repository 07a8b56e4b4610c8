// What one run of a check found, and how the state of a unit is judged. Pure.
import { formatDuration } from "@countersign/shared/duration";
import type { CheckResult, UnitState } from "@countersign/shared/service-report";

/** A finding before it becomes a `CheckResult`: the loop adds name, severity, time and time to live. */
export interface Observation {
  readonly status: CheckResult["status"];
  readonly summary: string;
  readonly latencyMs: number | null;
  /** only a check of a unit (or pid file) sees one; null: it could not be observed */
  readonly unit?: UnitState | null;
}

/** The finding of a run that was cut off at its timeout. */
export function observationOfTimeout(timeoutMs: number): Observation {
  return { status: "fail", summary: `no answer within ${formatDuration(timeoutMs)}`, latencyMs: null };
}

/** A unit passes while it is active. Reloading serves on; activating does not serve yet, nor does the wait before a restart. */
export function judgeUnit(unit: UnitState): Observation {
  const passes = unit.activeState === "active" || unit.activeState === "reloading";
  const details = [unit.subState, unit.result === "success" ? "" : unit.result].filter((text) => text !== "");
  const summary = details.length === 0 ? unit.activeState : `${unit.activeState} (${details.join(", ")})`;
  return { status: passes ? "pass" : "fail", summary, latencyMs: null, unit };
}
