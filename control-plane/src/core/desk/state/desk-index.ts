// Finds records of the desk by what they belong to, without looking at all of them: with thousands of incidents open, each of them would
// otherwise look at each other one. Pure: an index is kept up from each value of the records to the next.
import { groupedBy } from "@countersign/shared/values/records-index";
import { subjectKeyOf, type Subject } from "../../words/subject.ts";
import type { Approval } from "../records/approval.ts";
import type { Incident } from "../records/incident.ts";
import type { Contact } from "../records/pages/contact.ts";
import type { Delivery } from "../records/pages/delivery.ts";
import type { Page } from "../records/pages/page.ts";
import type { DeskState } from "./desk-state.ts";
import { findingsOn } from "./finding-index.ts";
import { placeKeyOf } from "./place-key.ts";

const pagesByIncident = groupedBy<Page>(({ incidentId }) => incidentId);
const approvalsByIncident = groupedBy<Approval>(({ incidentId }) => incidentId);
const approvalsBySubject = groupedBy<Approval>(({ subject }) => subjectKeyOf(subject));
const approvalsByHost = groupedBy<Approval>(({ subject }) => subject.hostId);
const approvalsByFinding = groupedBy<Approval>(({ findingId }) => findingId);
const incidentsOfFleet = groupedBy<Incident>(({ place }) => (place.kind === "fleet" ? place.kind : null));
const openByPlace = groupedBy<Incident>(({ place, state }) =>
  state === "resolved" || state === "merged" ? null : placeKeyOf(place),
);
const contactsByResponder = groupedBy<Contact>(({ responder }) => responder);
const deliveriesByHandle = groupedBy<Delivery>(({ channel, handle }) => handleKeyOf(channel, handle));

/** All pages of an incident, oldest first. */
export function pagesOf({ pages }: Pick<DeskState, "pages">, incidentId: string): readonly Page[] {
  return pagesByIncident(pages, incidentId);
}

/** What a channel's provider calls by a handle; the newest, should it call several so; null: nothing that is known. */
export function deliveryOf(
  { deliveries }: Pick<DeskState, "deliveries">,
  channel: string,
  handle: string,
): Delivery | null {
  return deliveriesByHandle(deliveries, handleKeyOf(channel, handle)).at(-1) ?? null;
}

// No channel's name has a blank in it.
function handleKeyOf(channel: string, handle: string): string {
  return `${channel} ${handle}`;
}

/** How the channels of a responder did, in no order. */
export function contactsOf({ contacts }: Pick<DeskState, "contacts">, responder: string): readonly Contact[] {
  return contactsByResponder(contacts, responder);
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

/** All approvals for a finding, oldest first. */
export function approvalsFor(
  { approvals }: Pick<DeskState, "approvals">,
  findingId: string,
): readonly Approval[] {
  return approvalsByFinding(approvals, findingId);
}

/** The incidents of a place that are open or acknowledged, oldest first (place-key.ts). */
export function openIncidentsAt(
  { incidents }: Pick<DeskState, "incidents">,
  placeKey: string,
): readonly Incident[] {
  return openByPlace(incidents, placeKey);
}

/** All incidents that hold something about a host and what runs on it, those that are over too, oldest first. */
export function incidentsOn(
  state: Pick<DeskState, "incidents" | "findings">,
  hostId: string,
): readonly Incident[] {
  const ids = new Set(findingsOn(state, hostId).map(({ incidentId }) => incidentId));
  return [...ids].flatMap((incidentId) => state.incidents.get(incidentId) ?? []);
}

/** The incidents of silences of the fleet, those that are over too. */
export function fleetIncidentsIn({ incidents }: Pick<DeskState, "incidents">): readonly Incident[] {
  return incidentsOfFleet(incidents, "fleet");
}
