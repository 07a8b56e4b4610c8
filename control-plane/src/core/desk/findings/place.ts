// Where a finding goes, the first that fits: alone; beneath a host that is down, or a silent fleet; into what is wide; to its service's trouble or
// notices; else it opens an incident of its own. Pure: this only decides, move.ts does it.
// What a reader would get wrong: a host counts once, however many findings it has; and what lies beneath counts for nothing.
import { kindOf } from "../../words/reason-kinds.ts";
import { hostIdIn, isHosted, type Subject, subjectKeyOf } from "../../words/subject.ts";
import { gathersMany } from "../incidents/gathering.ts";
import type { Finding, FindingStanding } from "../records/finding.ts";
import type { Incident, Place } from "../records/incident.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { openIncidentsAt } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import {
  alikeFindings,
  alikeKeyOf,
  downFindingsOn,
  openFindingsBy,
  openFindingsOn,
  saysHostDown,
  troublesOf,
} from "../state/finding-index.ts";
import { fleetSizeOf } from "../state/fleet-size.ts";
import { lonelyTroubleSince } from "../state/lonely-trouble.ts";
import { placeKeyOf } from "../state/place-key.ts";
import { isOfSilentFleet } from "../state/silent-fleet.ts";

/** The third host, or the third service of one, makes an incident wide. */
export const WIDE_MIN = 3;
/** They count when they began within this time of each other. */
export const WIDE_WITHIN_MS = 5 * 60_000;
/** A wide incident takes in more for so long after the last. */
export const WIDE_OPEN_MS = 30 * 60_000;
/** Different services on this share of the fleet are one trouble. */
const MANY_SHARE = 0.1;

/** What becomes of a finding. */
export type Placing =
  | { readonly kind: "join"; readonly incidentId: string; readonly standing: FindingStanding }
  | { readonly kind: "open"; readonly place: Place }
  /** it and others move together into one incident of this place, which may be there already */
  | { readonly kind: "gather"; readonly place: Place; readonly others: readonly Finding[] };

/** Decides it for a finding that is not among the state's yet. */
export function placingOf(state: DeskState, context: DeskContext, finding: Finding): Placing {
  const { reason } = finding;
  if (reason === "fleet-silent") return { kind: "open", place: { kind: "fleet" } };
  if (kindOf(reason) === "alone") return { kind: "open", place: { kind: "alone" } };
  const asked = { state, context, finding };
  const placing =
    beneath(asked) ?? alike(asked) ?? ofOneHost(asked) ?? ofTheFleet(asked) ?? ofItsSubject(asked);
  return placing ?? { kind: "open", place: ownPlaceOf(finding) };
}

interface Asked {
  readonly state: DeskState;
  readonly context: DeskContext;
  readonly finding: Finding;
}

/** The place of what joins nothing that is there. */
export function ownPlaceOf(finding: Finding): Place {
  const { reason, subject } = finding;
  if (subject.kind === "host" && saysHostDown(finding)) return { kind: "down", hostId: subject.hostId };
  const kind = kindOf(reason) === "trouble" ? "trouble" : "notice";
  return { kind, subjectKey: subjectKeyOf(subject) };
}

/** Its host is down, or was a moment ago; or it is a host of a silent fleet. */
function beneath({ context, finding, state }: Asked): Placing | null {
  const hostId = hostIdIn(finding.subject);
  if (hostId === null) return null;
  const [down] = downFindingsOn(state, hostId).filter((other) => isHolding(other, context));
  if (saysHostDown(finding)) {
    if (down !== undefined) return { kind: "join", incidentId: down.incidentId, standing: down.standing };
    const fleet = silentFleetOver(state, finding);
    return fleet === null ? null : { kind: "join", incidentId: fleet.incidentId, standing: "beneath" };
  }
  return down === undefined ? null : { kind: "join", incidentId: down.incidentId, standing: "beneath" };
}

/** A host that was seen again needs a moment: what is well again must not ring first. */
function isHolding({ clearedAt, releasesAt }: Finding, { now }: DeskContext): boolean {
  return clearedAt === null || (releasesAt !== null && releasesAt > now);
}

/** The silence of the fleet of which this host is a part; null: it is on no list of one, or was set aside there. */
export function silentFleetOver(state: DeskState, { subject }: Pick<Finding, "subject">): Finding | null {
  const hostId = hostIdIn(subject);
  if (hostId === null || !isOfSilentFleet(state, hostId)) return null;
  return openFindingsBy(state, "fleet-silent").find(({ clearedAt }) => clearedAt === null) ?? null;
}

/** The same as on other hosts. */
function alike({ context, finding, state }: Asked): Placing | null {
  const alikeKey = alikeKeyOf(finding);
  if (alikeKey === null) return null;
  const place = { kind: "wide", alikeKey } as const;
  const open = openAt(state, place);
  if (open !== undefined && isTakingIn(open, context)) return joining(open);
  const others = alikeFindings(state, alikeKey);
  const fresh = others.filter(({ placedAt }) => placedAt >= context.now - WIDE_WITHIN_MS);
  if (hostsOf([...fresh, finding]).size < WIDE_MIN) return null;
  const home = homeOf(state, [finding, ...fresh]);
  if (home !== undefined) return joining(home);
  return { kind: "gather", place, others: others.filter(({ standing }) => standing === "own") };
}

/** The wide incident in which the troubles of all these services lie already: one cause that shows itself in another way too is no second one. */
function homeOf(state: DeskState, findings: readonly Finding[]): Incident | undefined {
  const homes = new Set(findings.map(({ subject }) => troublesOf(state, subject)[0]?.incidentId));
  const [home] = homes;
  if (homes.size !== 1 || home === undefined) return undefined;
  const incident = state.incidents.get(home);
  return incident !== undefined && gathersMany(incident.place) ? incident : undefined;
}

/** The third service of its host. */
function ofOneHost({ context, finding, state }: Asked): Placing | null {
  const { subject } = finding;
  if (subject.kind !== "service" || kindOf(finding.reason) !== "trouble") return null;
  const place = { kind: "host", hostId: subject.hostId } as const;
  const open = openAt(state, place);
  const troubles = openFindingsOn(state, subject.hostId).filter(
    (other) =>
      other.subject.kind === "service" && other.standing === "own" && kindOf(other.reason) === "trouble",
  );
  const isKnown = troubles.some((other) => subjectKeyOf(other.subject) === subjectKeyOf(subject));
  if (open !== undefined && !isKnown && isTakingIn(open, context)) return joining(open, "own");
  const fresh = troubles.filter(({ placedAt }) => placedAt >= context.now - WIDE_WITHIN_MS);
  const services = new Set([...fresh, finding].map((other) => subjectKeyOf(other.subject)));
  if (services.size < WIDE_MIN || isHeldBy(open, troubles)) return null;
  return { kind: "gather", place, others: troubles };
}

/** All of them lie there already. */
function isHeldBy(open: Incident | undefined, troubles: readonly Finding[]): boolean {
  return open !== undefined && troubles.every(({ incidentId }) => incidentId === open.incidentId);
}

/** Different services on a tenth of the fleet. */
function ofTheFleet({ context, finding, state }: Asked): Placing | null {
  if (!isHosted(finding.subject) || kindOf(finding.reason) !== "trouble") return null;
  const place = { kind: "many" } as const;
  const open = openAt(state, place);
  const isKnown = troublesOf(state, finding.subject).length > 0;
  if (open !== undefined && !isKnown && isTakingIn(open, context)) return joining(open);
  const size = fleetSizeOf(state);
  if (size === null) return null;
  const others = lonelyTroubleSince(state, context.now - WIDE_WITHIN_MS);
  if (hostsOf([...others, finding]).size < Math.max(WIDE_MIN, Math.ceil(MANY_SHARE * size))) return null;
  return { kind: "gather", place, others };
}

/** Trouble joins the trouble of its subject, a notice that too, else the notices; trouble never joins what holds notices only. */
function ofItsSubject({ finding, state }: Asked): Placing | null {
  const { reason, subject } = finding;
  const [trouble] = troublesOf(state, subject);
  if (trouble !== undefined) return { kind: "join", incidentId: trouble.incidentId, standing: "own" };
  if (kindOf(reason) === "trouble") return null;
  const notices = openAt(state, { kind: "notice", subjectKey: subjectKeyOf(subject) });
  return notices === undefined ? null : joining(notices, "own");
}

function joining({ incidentId }: Incident, standing: FindingStanding = "wide"): Placing {
  return { kind: "join", incidentId, standing };
}

function isTakingIn({ joinedAt }: Incident, { now }: DeskContext): boolean {
  return joinedAt >= now - WIDE_OPEN_MS;
}

function openAt(state: DeskState, place: Place): Incident | undefined {
  const key = placeKeyOf(place);
  return key === null ? undefined : openIncidentsAt(state, key)[0];
}

/** The hosts of findings; what has no host counts for nothing. */
function hostsOf(findings: readonly { readonly subject: Subject }[]): ReadonlySet<string> {
  return new Set(findings.flatMap(({ subject }) => hostIdIn(subject) ?? []));
}
