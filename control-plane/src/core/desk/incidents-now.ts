// What a person must know of an open incident at a glance: who was paged, who is next, who has it, until when it is
// silenced, what was seen last. Pure; it decides nothing. What a reader would get wrong: an incident of which one finding is
// not silenced is not silenced.
import type { Policy } from "../../policy/policy.ts";
import { holdsOf } from "./paging/holds.ts";
import { nextSendingsOf } from "./paging/next-sending.ts";
import type { SendingAt } from "./paging/ringing.ts";
import { silencesOver } from "./paging/silences.ts";
import type { Approval } from "./records/approval.ts";
import type { Freeze } from "./records/freeze.ts";
import type { Incident } from "./records/incident.ts";
import type { Page } from "./records/pages/page.ts";
import type { Silence } from "./records/silence.ts";
import { approvalsOf } from "./state/desk-index.ts";
import type { DeskState } from "./state/desk-state.ts";
import { openFindingsOf } from "./state/finding-index.ts";

/** A responder, as the policy names them. */
export interface NamedPerson {
  readonly responder: string;
  readonly name: string;
}

/** The last ring to somebody. */
export interface LastRing extends NamedPerson {
  readonly at: number;
  /** null: it did not arrive, as far as is known */
  readonly deliveredBy: string | null;
}

export interface IncidentNow {
  readonly incidentId: string;
  /** the newest first */
  readonly rung: readonly LastRing[];
  /** the next ring, if nothing changes before; null: nobody is rung */
  readonly next: { readonly at: number; readonly to: readonly NamedPerson[] } | null;
  readonly takenBy: NamedPerson | null;
  /** all that goes on of it is silenced, and by the one of these that ends first; null: it is not */
  readonly silence: (Pick<Silence, "endsAt" | "why"> & { readonly by: NamedPerson }) | null;
  readonly freeze: Freeze | null;
  /** what was approved of it is under way */
  readonly isRunning: boolean;
  /** what was seen last of the gravest of it; null: nothing was sent */
  readonly lastSeen: string | null;
  /** restarts by anyone, within a time; null: none counts */
  readonly restarts: { readonly count: number; readonly windowMs: number } | null;
}

/** Incidents that one question is about at most. */
export const INCIDENTS_NOW_MAX = 50;

/** Of these, what is open. */
export function incidentsNow(
  state: DeskState,
  at: SendingAt,
  incidentIds: readonly string[],
): readonly IncidentNow[] {
  const asked = incidentIds.slice(0, INCIDENTS_NOW_MAX);
  const rings = state.pages
    .values()
    .filter(({ incidentId, kind }) => kind === "ring" && asked.includes(incidentId));
  return asked.flatMap((incidentId) => {
    const incident = state.incidents.get(incidentId);
    if (incident === undefined || (incident.state !== "open" && incident.state !== "acknowledged")) return [];
    return [nowOf(state, at, { incident, rings: rings.filter((page) => page.incidentId === incidentId) })];
  });
}

function nowOf(
  state: DeskState,
  at: SendingAt,
  { incident, rings }: { readonly incident: Incident; readonly rings: readonly Page[] },
): IncidentNow {
  const person = (responder: string) => personOf(at.policy, responder);
  const next = nextSendingsOf(state, at, incident).find(({ kind }) => kind === "ring");
  const firing = openFindingsOf(state, incident.incidentId).filter(({ clearedAt }) => clearedAt === null);
  const gravest = firing.find(({ title }) => title === incident.title) ?? firing[0];
  const restarts = gravest?.restarts ?? null;
  const { acknowledgedBy, incidentId } = incident;
  return {
    incidentId,
    rung: lastRingsOf(rings).map((page) => ({
      ...person(page.responder),
      at: page.createdAt,
      deliveredBy: page.deliveredBy,
    })),
    next: next === undefined ? null : { at: next.at, to: next.to.map(person) },
    takenBy: acknowledgedBy === null ? null : person(acknowledgedBy.responder),
    silence: silenceOver(state, at, incident),
    freeze: holdsOf(state, incident, at.now).freeze,
    isRunning: approvalsOf(state, incidentId).some(isUnderWay),
    lastSeen: newestOf(gravest?.evidence ?? []),
    restarts: restarts === null || restarts.count === 0 ? null : restarts,
  };
}

function isUnderWay({ state }: Approval): boolean {
  return state === "approved" || state === "executing";
}

function personOf({ responders }: Policy, responder: string): NamedPerson {
  return { responder, name: responders.find(({ id }) => id === responder)?.name ?? responder };
}

function lastRingsOf(rings: readonly Page[]): readonly Page[] {
  const newestFirst = rings.toSorted((left, right) => right.createdAt - left.createdAt);
  return newestFirst.filter(
    ({ responder }, index) => newestFirst.findIndex((page) => page.responder === responder) === index,
  );
}

// Until one of its findings is heard again.
function silenceOver(
  state: DeskState,
  { now, policy }: SendingAt,
  incident: Incident,
): IncidentNow["silence"] {
  const covering = openFindingsOf(state, incident.incidentId).map((finding) =>
    silencesOver(state, finding)
      .filter(({ endsAt, startsAt }) => startsAt <= now && now < endsAt)
      .toSorted((left, right) => right.endsAt - left.endsAt)
      .at(0),
  );
  if (covering.length === 0 || covering.includes(undefined)) return null;
  const [first] = covering
    .flatMap((silence) => silence ?? [])
    .toSorted((left, right) => left.endsAt - right.endsAt);
  if (first === undefined) return null;
  return { endsAt: first.endsAt, why: first.why, by: personOf(policy, first.by.responder) };
}

function newestOf(evidence: readonly { readonly at: number; readonly text: string }[]): string | null {
  return evidence.toSorted((left, right) => right.at - left.at)[0]?.text ?? null;
}
