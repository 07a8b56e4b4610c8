// What one run of a check found, and how the state of a unit is judged. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import type { CheckResult, UnitState } from "@countersign/shared/wire/service-report";
import { classOfUnitResult } from "./check-class.ts";

/** A finding before it becomes a `CheckResult`: the loop adds name, severity, time and time to live. */
export interface Observation {
  readonly status: CheckResult["status"];
  readonly summary: string;
  readonly latencyMs: number | null;
  /** only where the finding itself says how bad it is; absent: as the check declares */
  readonly severity?: CheckResult["severity"];
  /** why it failed; absent: it passed, or it is not known */
  readonly class?: FailureClass;
  /** only a check of a unit (or pid file) sees one; null: it could not be observed */
  readonly unit?: UnitState | null;
  /** parts of that unit that were seen and left out, because they are no values that can be told */
  readonly omitted?: readonly string[];
}

/** The finding of a run that was cut off at its timeout. */
export function observationOfTimeout(timeoutMs: number): Observation {
  const summary = `no answer within ${formatDuration(timeoutMs)}`;
  return { status: "fail", summary, latencyMs: null, class: "timeout" };
}

/** A unit passes while it is active. Reloading serves on; activating does not serve yet, nor does the wait before a restart. */
export function judgeUnit(unit: UnitState): Observation {
  const passes = unit.activeState === "active" || unit.activeState === "reloading";
  const details = [unit.subState, unit.result === "success" ? "" : unit.result].filter((text) => text !== "");
  const summary = details.length === 0 ? unit.activeState : `${unit.activeState} (${details.join(", ")})`;
  const failureClass = passes ? null : classOfUnitResult(unit.result);
  return {
    status: passes ? "pass" : "fail",
    summary,
    latencyMs: null,
    unit,
    ...(failureClass === null ? {} : { class: failureClass }),
  };
}

/** The end of a Nagios plugin; `code` null: a signal ended it. */
export interface PluginEnd {
  readonly code: number | null;
  /** what it wrote to stdout */
  readonly output: string;
  readonly latencyMs: number;
}

/**
 * Judges a plugin by its exit code (monitoring-plugins.org, "Plugin Return Codes"): 0 passes, 1 is a warning, 2 fails. 3 (unknown) and
 * any other end fail too: missing data is a failure. Performance data after `|` is not told.
 */
export function judgePlugin({ code, output, latencyMs }: PluginEnd): Observation {
  const [line = ""] = output.split("\n", 1);
  const words = (line.split("|", 1)[0] ?? "").trim();
  if (code === 0) return { status: "pass", summary: words === "" ? "OK" : words, latencyMs };
  if (code === 1) return { status: "fail", severity: "warning", summary: words || "WARNING", latencyMs };
  const end = code === null ? "ended by a signal" : code === 2 ? "" : `exit code ${code}, unknown`;
  const summary = [words, end].filter((text) => text !== "").join("; ");
  const told = { status: "fail", summary: summary || "CRITICAL", latencyMs } as const;
  // Its own verdict has no class; one that did not come to a verdict is known to be something else.
  return code === 2 ? told : { ...told, class: "other" };
}
