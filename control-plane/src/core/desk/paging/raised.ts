// An incident that grew worse. People are told of a severity once: whoever knew of an error is paged when it becomes critical, and
// nobody when it becomes less or rises again to what was told. Pure. What a reader would get wrong: an acknowledgement covers the
// severity that it was given for, so a rise ends it before its time (docs/adr/0015).
import { Severity } from "@countersign/shared/wire/service-report";
import type { Incident } from "../records/incident.ts";

type Told = Pick<Incident, "severity" | "toldSeverity">;

/** Somebody knows of it, and nobody knows that it is this grave. */
export function isRaised({ severity, toldSeverity }: Told): boolean {
  return toldSeverity !== null && rankOf(severity) > rankOf(toldSeverity);
}

/** What people know once they are told of it as it is now. */
export function toldNow({ severity, toldSeverity }: Told): Severity {
  return toldSeverity !== null && rankOf(toldSeverity) > rankOf(severity) ? toldSeverity : severity;
}

function rankOf(severity: Severity): number {
  return Severity.options.indexOf(severity);
}
