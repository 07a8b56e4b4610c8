// Finds records of the desk by what they belong to, without looking at all of them: with thousands of incidents open, each of them would
// otherwise look at each other one. Pure: an index is kept up from each value of the records to the next.
import { groupedBy } from "@countersign/shared/values/records-index";
import type { PageReason } from "../../words/signal.ts";
import { hostIdIn, subjectKeyOf, type Subject } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";
import type { Incident } from "../records/incident.ts";
import type { Page } from "../records/page.ts";
import type { DeskState } from "./desk-state.ts";

const FLEET_KEY = "fleet";

const pagesByIncident = groupedBy<Page>(({ incidentId }) => incidentId);
const approvalsByIncident = groupedBy<Approval>(({ incidentId }) => incidentId);
const approvalsBySubject = groupedBy<Approval>(({ subject }) => subjectKeyOf(subject));
const approvalsByHost = groupedBy<Approval>(({ subject }) => subject.hostId);
const incidentsByHost = groupedBy<Incident>(({ subject }) => hostIdIn(subject));
const openByReason = groupedBy<Incident>(({ reason, state }) => (state === "resolved" ? null : reason));
const incidentsHeldBy = groupedBy<Incident>(holderOf);
const incidentsByFinding = groupedBy<Incident>(({ reason, subject }) => findingKeyOf(reason, subject));
const incidentsByReach = groupedBy<Incident>(reachOf);
const deliveredPages = groupedBy<Page>(({ deliveredAt, responder }) =>
  deliveredAt === null ? null : responder,
);

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

/** All approvals about services of a host, oldest first. */
export function approvalsOn(
  { approvals }: Pick<DeskState, "approvals">,
  hostId: string,
): readonly Approval[] {
  return approvalsByHost(approvals, hostId);
}

/** All incidents about a host and what runs on it, resolved ones too, oldest first. */
export function incidentsOn(
  { incidents }: Pick<DeskState, "incidents">,
  hostId: string,
): readonly Incident[] {
  return incidentsByHost(incidents, hostId);
}

/** The incidents of a reason that are not resolved, oldest first. */
export function openIncidentsOf(
  { incidents }: Pick<DeskState, "incidents">,
  reason: PageReason,
): readonly Incident[] {
  return openByReason(incidents, reason);
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
  return incidentsByReach(incidents, downKeyOf(hostId));
}

/** Incidents that say that many hosts fell silent together. */
export function fleetSilencesIn({ incidents }: Pick<DeskState, "incidents">): readonly Incident[] {
  return incidentsByReach(incidents, FLEET_KEY);
}

/** The incidents that one of a reach may keep from paging (core/desk/paging/inhibition.ts). */
export function heldBy({ incidents }: Pick<DeskState, "incidents">, reach: string): readonly Incident[] {
  return incidentsHeldBy(incidents, reach);
}

/** Says whether an incident says that its host is down. */
export function isHostDown({ reason, subject }: Incident): boolean {
  return subject.kind === "host" && (reason === "host-silent" || reason === "host-late-return");
}

/** How far an incident may keep others from paging, as a key; null: it keeps nobody. */
export function reachOf(incident: Incident): string | null {
  if (incident.reason === "fleet-silent") return FLEET_KEY;
  return isHostDown(incident) ? downKeyOf(hostIdIn(incident.subject) ?? "") : null;
}

/** The reach of incidents that may keep this one from paging; null: none does. */
function holderOf(incident: Incident): string | null {
  if (incident.subject.kind === "service") return downKeyOf(incident.subject.hostId);
  return isHostDown(incident) ? FLEET_KEY : null;
}

function downKeyOf(hostId: string): string {
  return `host ${hostId}`;
}

/** A reason and a subject as one key. */
export function findingKeyOf(reason: PageReason, subject: Subject): string {
  return `${reason} ${subjectKeyOf(subject)}`;
}
