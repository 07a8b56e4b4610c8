// What one run of a check found, and how the end of a plugin is judged; a unit is judged in judge-unit.ts. Pure.
import { formatDuration } from "@countersign/shared/values/duration";
import { SUMMARY_CHARS_MAX } from "@countersign/shared/values/limits";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import { type CheckResult, Severity, type UnitState } from "@countersign/shared/wire/service-report";
import { complaintOf, hasTraceback, statusLineOf } from "./plugin-words.ts";

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

/** The end of a Nagios plugin; `code` null: a signal ended it. */
export interface PluginEnd {
  readonly code: number | null;
  /** the signal's name, where it is known */
  readonly signal?: string | null;
  /** what it wrote to stdout */
  readonly output: string;
  /** what it wrote to stderr */
  readonly errors?: string;
  readonly latencyMs: number;
}

/**
 * Judges a plugin by its status line and exit code (monitoring-plugins.org, "Plugin Return Codes"): 0 passes, 1 is a
 * warning, 2 fails. 3 (unknown) and any other end fail too: missing data is a failure. So is an end without a status line,
 * whatever its code: many a program that dies before it has looked exits with 1, and some with 0. Performance data after `|`
 * is not told.
 */
export function judgePlugin(end: PluginEnd): Observation {
  const { code, output, errors = "", latencyMs } = end;
  const words = statusLineOf(output);
  const hasDied = code === 1 && hasTraceback(errors) && !/\bwarn/i.test(words ?? "");
  if (words === null || hasDied) {
    const complaint = complaintOf(errors) || complaintOf(output);
    const summary = joined(complaint, `no status line, ${wordsOfEnd(end)}`);
    return { status: "fail", summary, latencyMs, class: "other" };
  }
  if (code === 0) return { status: "pass", summary: words || "OK", latencyMs };
  if (code === 1) return { status: "fail", severity: "warning", summary: words || "WARNING", latencyMs };
  if (code === 2) return { status: "fail", summary: words || "CRITICAL", latencyMs };
  const ending = code === null ? wordsOfEnd(end) : `${wordsOfEnd(end)}, unknown`;
  // Its own verdict has no class; one that did not come to a verdict is known to be something else.
  return { status: "fail", summary: joined(words, ending), latencyMs, class: "other" };
}

/** How grave a finding is: a plugin's warning is never graver than its check was declared. */
export function severityOf(declared: CheckResult["severity"], found: Observation): CheckResult["severity"] {
  const { severity = declared } = found;
  return Severity.options.indexOf(severity) < Severity.options.indexOf(declared) ? severity : declared;
}

function wordsOfEnd({ code, signal }: PluginEnd): string {
  if (code === null) return signal ? `ended by signal ${signal.replace(/^SIG/, "")}` : "ended by a signal";
  // what a shell says of a program that a signal ended
  return code > 128 && code <= 192 ? `exit code ${code} (signal ${code - 128})` : `exit code ${code}`;
}

/** Both, but at most so much of the first that the second is still told. */
function joined(first: string, second: string): string {
  const room = SUMMARY_CHARS_MAX - second.length - 2;
  const words = first.length <= room ? first : `${first.slice(0, room - 1)}…`;
  return [words, second].filter((text) => text !== "").join("; ");
}
