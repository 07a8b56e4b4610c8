// Words for an incident on a view: what kind of thing it is about, how its pages went, the order in which a person should look at incidents,
// and why an acknowledgement did nothing. Pure.
import { UnitName } from "@countersign/shared/host/catalogue";
import { NOTE_CHARS_MAX } from "@countersign/shared/values/limits";
import { isFiring } from "../../core/desk/incidents/held-findings.ts";
import type { Approval } from "../../core/desk/records/approval.ts";
import type { Finding } from "../../core/desk/records/finding.ts";
import type { Incident } from "../../core/desk/records/incident.ts";
import type { PageReason } from "../../core/words/signal.ts";
import {
  FLEET,
  hostedSubject,
  isHosted,
  isSameSubject,
  placeNameOf,
  serviceOf,
  type Subject,
  subjectKeyOf,
} from "../../core/words/subject.ts";
import type { FoundIncident } from "../../http/post-mortem.ts";
import { askPathOf, chooseHostPathOf } from "../asks/ask-path.ts";
import { composeStandingPathOf } from "../brakes/brake-paths.ts";
import type { RefusalTable, ViewRefusal } from "../frame/refusals.ts";

/** Where a person silences what an incident is about, and nothing else: what many hosts share on any host. */
export function silencePathOf({ place, subject }: Incident, findings: readonly Finding[]): string {
  const open = findings.filter(({ endedAt, standing }) => endedAt === null && standing !== "beneath");
  const reasons = new Set(open.map(({ reason }) => reason));
  const [first = null] = reasons.size === 1 ? reasons : [];
  const chosen = { reason: first, service: null };
  if (place.kind === "wide") return newSilencePath(FLEET, { ...chosen, service: serviceOf(subject) });
  if (place.kind === "many" || subject.kind === "fleet") return newSilencePath(FLEET, chosen);
  if (place.kind === "host" && isHosted(subject)) return newSilencePath(hostedSubject(subject, null), chosen);
  return newSilencePath(subject, chosen);
}

function newSilencePath(
  target: Subject,
  chosen: { readonly reason: PageReason | null; readonly service: string | null },
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(chosen)) if (value !== null) query.set(name, value);
  const path = `/silences/new/${encodeURIComponent(subjectKeyOf(target))}`;
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/**
 * Where a yes in advance is composed for the service that an incident is about, with the action that was proposed last; null: it is about none, or shared
 * by many hosts, where none is used.
 */
export function inAdvancePathOf(
  { place, state, subject }: Incident,
  approvals: readonly Approval[],
): string | null {
  if (subject.kind !== "service" || state === "merged" || place.kind === "wide" || place.kind === "many")
    return null;
  const about = approvals.filter((approval) => isSameSubject(approval.subject, subject));
  const proposed = about.toSorted((left, right) => right.requestedAt - left.requestedAt)[0];
  return composeStandingPathOf(subject, proposed?.proposal.action ?? null);
}

/** What was asked, newest first: of each question what was decided, and the proposal at which it stands; not those that were renewed. */
export function questionsIn(approvals: readonly Approval[]): readonly Approval[] {
  const newestFirst = approvals.toSorted((left, right) => right.requestedAt - left.requestedAt);
  const isOfPerson = ({ askedBy }: Approval) => askedBy.kind === "person";
  const renewable = newestFirst.toReversed().filter((approval) => !isOfPerson(approval));
  const stand = new Map(renewable.map(({ approvalId, findingId }) => [findingId, approvalId]));
  return newestFirst.filter(
    (approval) =>
      approval.decidedAt !== null ||
      isOfPerson(approval) ||
      stand.get(approval.findingId) === approval.approvalId,
  );
}

const SEVERITY_RANK = { critical: 0, error: 1, warning: 2, info: 3 } as const;

/** Those that nobody has in hand first, then the severest, then the newest. */
export function byUrgency(incidents: readonly Incident[]): readonly Incident[] {
  return incidents.toSorted(
    (left, right) =>
      Number(left.state === "acknowledged") - Number(right.state === "acknowledged") ||
      Number(left.clearedAt !== null) - Number(right.clearedAt !== null) ||
      SEVERITY_RANK[left.severity] - SEVERITY_RANK[right.severity] ||
      right.openedAt - left.openedAt,
  );
}

/** Where a person asks for an act in an incident; null: it is about no host. */
export function askPathIn({ incidentId, place, subject }: Incident): string | null {
  if (place.kind === "wide" || place.kind === "many") return chooseHostPathOf(incidentId);
  switch (subject.kind) {
    case "host":
      return askPathOf(subject.hostId, { incidentId });
    case "service":
      return askPathOf(subject.hostId, { incidentId, service: subject.service });
    case "fleet":
    case "provider":
    case "identity":
      return chooseHostPathOf(incidentId);
    case "person":
    case "channel":
    case "part":
    case "external":
      return null;
  }
}

/**
 * The systemd unit of its service as far as its host said it, in the command that it would run; null: nothing of it tells.
 */
export function unitIn({ approvals, earlier }: Pick<FoundIncident, "approvals" | "earlier">): string | null {
  const words = [...approvals, ...earlier].map(({ proposal }) => proposal.argv.at(-1) ?? "");
  return words.find((word) => UnitName.safeParse(word).success) ?? null;
}

/** Where to look for oneself, of hosts that share it: one that fails in the same service; null: none does. */
export function lookOnOf({
  findings,
  incident,
}: Pick<FoundIncident, "findings" | "incident">): string | null {
  const service = serviceOf(incident.subject);
  const alike = findings.find((finding) => isFiring(finding) && serviceOf(finding.subject) === service);
  return alike !== undefined && isHosted(alike.subject) ? placeNameOf(alike.subject) : null;
}

/** Why an acknowledgement did nothing. */
export const INCIDENT_REFUSALS: RefusalTable<Extract<ViewRefusal, `incident-${string}` | `note${string}`>> = {
  "incident-unknown": [404, "No such incident", "There is no incident here. Nothing was changed."],
  "incident-resolved": [409, "Already resolved", "This incident is over. There is nothing left to take."],
  "note-bounds": [
    400,
    "No note",
    `A note has a word at least and ${NOTE_CHARS_MAX} characters at most. Nothing was kept.`,
  ],
  "notes-full": [
    409,
    "No more notes",
    "This incident holds as many notes as one may. Nothing was kept: write on where your team keeps its own.",
  ],
};
