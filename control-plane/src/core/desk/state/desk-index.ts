// Finds records of the desk by what they belong to, without looking at all of them: with thousands of incidents open, each of them would
// otherwise look at each other one. Pure: an index is remembered with the very record that it was made of, and no record of a state is
// changed in place. What a reader would get wrong: a changed record is indexed anew as a whole, so look up before you change, not between.
import { type Named, valuesOf } from "@countersign/shared/values/named";
import type { PageReason } from "../../words/signal.ts";
import { hostIdIn, subjectKeyOf, type Subject } from "../../words/subject.ts";
import type { Approval, DeskState, Incident, Page } from "./desk-state.ts";

/** Makes something of a record once, and remembers it for as long as that very record is held. */
function rememberedOf<V extends object, Made>(make: (record: Named<V>) => Made): (record: Named<V>) => Made {
  const known = new WeakMap<Named<V>, Made>();
  return (record) => {
    const made = known.get(record) ?? make(record);
    known.set(record, made);
    return made;
  };
}

/** Makes a lookup by a key of the values, in the record's own order. */
function indexBy<V extends object>(
  keyOf: (value: V) => string,
): (record: Named<V>, key: string) => readonly V[] {
  const none: readonly V[] = [];
  const indexed = rememberedOf((record: Named<V>) => indexOf(record, keyOf));
  return (record, key) => indexed(record).get(key) ?? none;
}

function listOf<V extends object>(record: Named<V>): readonly V[] {
  return valuesOf(record);
}

function indexOf<V extends object>(
  record: Named<V>,
  keyOf: (value: V) => string,
): ReadonlyMap<string, readonly V[]> {
  const index = new Map<string, V[]>();
  for (const value of valuesOf(record)) {
    const key = keyOf(value);
    const found = index.get(key);
    if (found === undefined) index.set(key, [value]);
    else found.push(value);
  }
  return index;
}

const incidentList = rememberedOf(listOf<Incident>);
const approvalList = rememberedOf(listOf<Approval>);
const pageList = rememberedOf(listOf<Page>);
const pagesByIncident = indexBy<Page>(({ incidentId }) => incidentId);
const approvalsByIncident = indexBy<Approval>(({ incidentId }) => incidentId);
const approvalsBySubject = indexBy<Approval>(({ subject }) => subjectKeyOf(subject));
const incidentsByFinding = indexBy<Incident>(({ reason, subject }) => findingKeyOf(reason, subject));
const incidentsByReach = indexBy<Incident>(reachOf);
const reachedAtByResponder = rememberedOf((pages: Named<Page>): ReadonlyMap<string, number> => {
  const latest = new Map<string, number>();
  for (const { createdAt, deliveredAt, responder } of valuesOf(pages))
    if (deliveredAt !== null) latest.set(responder, Math.max(latest.get(responder) ?? 0, createdAt));
  return latest;
});

/** All incidents; listing thousands of names is dear, and one decision asks for them a dozen times. */
export function incidentsIn({ incidents }: Pick<DeskState, "incidents">): readonly Incident[] {
  return incidentList(incidents);
}

/** All approvals. */
export function approvalsIn({ approvals }: Pick<DeskState, "approvals">): readonly Approval[] {
  return approvalList(approvals);
}

/** All pages. */
export function pagesIn({ pages }: Pick<DeskState, "pages">): readonly Page[] {
  return pageList(pages);
}

/** All pages of an incident, oldest first. */
export function pagesOf({ pages }: Pick<DeskState, "pages">, incidentId: string): readonly Page[] {
  return pagesByIncident(pages, incidentId);
}

/** When the newest page was made that reached a responder; 0: none did. */
export function lastReachedAt({ pages }: Pick<DeskState, "pages">, responder: string): number {
  return reachedAtByResponder(pages).get(responder) ?? 0;
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
