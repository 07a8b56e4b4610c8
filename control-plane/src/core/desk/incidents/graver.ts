// Which of two severities is graver. Pure.
import { Severity } from "@countersign/shared/wire/service-report";

/** Says whether one severity is graver than another; anything is graver than nothing. */
export function isGraver(severity: Severity, than: Severity | null): boolean {
  return rankOf(severity) > rankOf(than);
}

/** The graver one. */
export function graverOf(severity: Severity, other: Severity | null): Severity {
  return other !== null && isGraver(other, severity) ? other : severity;
}

function rankOf(severity: Severity | null): number {
  return severity === null ? -1 : Severity.options.indexOf(severity);
}
