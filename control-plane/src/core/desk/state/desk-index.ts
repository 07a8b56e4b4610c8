// Finds records of the desk by what they belong to, without looking at all of them: with thousands of incidents open, each of them would
// otherwise look at each other one. Pure: an index is kept up from each value of the records to the next.
import { groupedBy } from "@countersign/shared/values/records-index";
import type { PageReason } from "../../words/signal.ts";
import { hostIdIn, subjectKeyOf, type Subject } from "../../words/subject.ts";
import type { Approval, DeskState, Incident, Page } from "./desk-state.ts";

const pagesByIncident = groupedBy<Page>(({ incidentId }) => incidentId);
const approvalsByIncident = groupedBy<Approval>(({ incidentId }) => incidentId);
const approvalsBySubject = groupedBy<Approval>(({ subject }) => subjectKeyOf(subject));
const incidentsByFinding = groupedBy<Incident>(({ reason, subject }) => findingKeyOf(reason, subject));
const incidentsByReach = groupedBy<Incident>(reachOf);
const deliveredPages = groupedBy<Page>(({ deliveredAt, responder }) =>
  deliveredAt === null ? null : responder,
);

/** All incidents. */
export function incidentsIn({ incidents }: Pick<DeskState, "incidents">): readonly Incident[] {
  return incidents.values();
}

/** All approvals. */
export function approvalsIn({ approvals }: Pick<DeskState, "approvals">): readonly Approval[] {
  return approvals.values();
}

/** All pages. */
export function pagesIn({ pages }: Pick<DeskState, "pages">): readonly Page[] {
  return pages.values();
}

/** All pages of an incident, oldest first. */
export function pagesOf({ pages }: Pick<DeskState, "pages">, incidentId: string): readonly Page[] {
  return pagesByIncident(pages, incidentId);
}

/** When the newest page was made that reached a responder; 0: none did. */
export function lastReachedAt({ pages }: Pick<DeskState, "pages">, responder: string): number {
  return deliveredPages(pages, responder).reduce((latest, { createdAt }) => Math.max(latest, createdAt), 0);
}

/** All approvals of an incident, oldest first. */
export function approvalsOf(
  { approvals }: Pick<DeskState, "approvals">,
  incidentId: string,
): readonly Approval[] {
  return approvalsByIncident(approvals, incidentId);
}

/** All approvals about a subject, oldest first. */
export function approvalsAbout(
  { approvals }: Pick<DeskState, "approvals">,
  subject: Subject,
): readonly Approval[] {
  return approvalsBySubject(approvals, subjectKeyOf(subject));
}

/** All incidents of a reason about a subject, resolved ones too, oldest first. */
export function incidentsAbout(
  { incidents }: Pick<DeskState, "incidents">,
  subject: Subject,
  reason: PageReason,
): readonly Incident[] {
  return incidentsByFinding(incidents, findingKeyOf(reason, subject));
}

/** Incidents that say that a host is down. */
export function downIncidentsOf(
  { incidents }: Pick<DeskState, "incidents">,
  hostId: string,
): readonly Incident[] {
  return incidentsByReach(incidents, `host ${hostId}`);
}

/** Incidents that say that many hosts fell silent together. */
export function fleetSilencesIn({ incidents }: Pick<DeskState, "incidents">): readonly Incident[] {
  return incidentsByReach(incidents, "fleet");
}

/** Says whether an incident says that its host is down. */
export function isHostDown({ reason, subject }: Incident): boolean {
  return subject.kind === "host" && (reason === "host-silent" || reason === "host-late-return");
}

function reachOf(incident: Incident): string {
  if (incident.reason === "fleet-silent") return "fleet";
  return isHostDown(incident) ? `host ${hostIdIn(incident.subject)}` : "";
}

function findingKeyOf(reason: PageReason, subject: Subject): string {
  return `${reason} ${subjectKeyOf(subject)}`;
}
