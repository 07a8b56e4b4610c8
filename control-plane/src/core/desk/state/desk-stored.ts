// What rows of the desk that an earlier version stored mean to this one. Pure. A field that was added since has its default here, so that
// an incident that was open during a deploy goes on as it was.
import type { Incident } from "./desk-state.ts";

/** An incident of an earlier version has no beginnings, and counts neither repeats nor what people were told; its page told what it was. */
export function incidentFromStored({ nextStep, ...stored }: Incident): Incident {
  const known: Partial<Incident> = stored;
  return {
    ...stored,
    beginningsAt: known.beginningsAt ?? [],
    toldSeverity: known.toldSeverity ?? (stored.wasPageDelivered ? stored.severity : null),
    nextStep: nextStep === null ? null : { ...nextStep, repeats: repeatsOf(nextStep) },
  };
}

function repeatsOf({ repeats }: Partial<NonNullable<Incident["nextStep"]>>): number {
  return repeats ?? 0;
}
