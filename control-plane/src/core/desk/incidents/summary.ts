// What an incident says of itself: made of its findings whenever one of them has changed, and stored with it, so that whoever lists incidents reads
// no findings. Pure.
import { sameBy } from "@countersign/shared/values/same-by";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { type DeskChange, putIncident } from "../state/desk-change.ts";
import { type IncidentSum, sumOf } from "../state/incident-sums.ts";
import { titleOf } from "./incident-title.ts";

type Summary = Pick<Incident, "subject" | "reason" | "severity" | "title" | "happenedAt" | "clearedAt">;

const isSameSummary = sameBy<Summary>({
  subject: true,
  reason: true,
  severity: true,
  title: true,
  happenedAt: true,
  clearedAt: true,
});

/** Brings what an incident says of itself up to date; one of which all is over keeps its last words. */
export function summarise(change: DeskChange, incidentId: string): DeskChange {
  const incident = change.state.incidents.get(incidentId);
  if (incident === undefined) return change;
  const sum = sumOf(change.state, incidentId);
  if (sum.lead === null) return change;
  const title = titleOf(change.state, incident, sum.lead);
  const summary = summaryOf({ incident, sum, lead: sum.lead, title });
  return isSameSummary(incident, summary) ? change : putIncident(change, { ...incident, ...summary });
}

function summaryOf({
  incident,
  lead,
  sum,
  title,
}: {
  readonly incident: Incident;
  readonly sum: IncidentSum;
  readonly lead: Finding;
  readonly title: string;
}): Summary {
  const { reason, severity, subject } = lead;
  return {
    subject,
    reason,
    severity,
    title,
    happenedAt: Math.min(incident.happenedAt, lead.happenedAt),
    clearedAt: sum.firingCount > 0 ? null : sum.clearedAt,
  };
}
