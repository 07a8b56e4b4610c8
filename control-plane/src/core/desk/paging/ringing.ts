// Whom the next ring about an incident goes to, and why; and who may be told at all. Pure: sending.ts sends it, and next-sending.ts says it before it
// is due.
import { type Actor, isPerson } from "../../words/actor.ts";
import { subjectKeyOf } from "../../words/subject.ts";
import { hasSigned } from "../records/approval.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident, NextStep } from "../records/incident.ts";
import { isUndecided } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { newsOf } from "../state/finding-index.ts";
import { isForEverybody, stepOf } from "./next-step.ts";
import {
  endsAcknowledgement,
  firingRingDueAt,
  freeAtOf,
  isRing,
  mayBeOverUntold,
  resultFreeAt,
} from "./stream.ts";

/** The policy, and the instant at which it is sent. */
export type SendingAt = Pick<DeskContext, "now" | "policy">;

/** One ring. */
export interface Ringing {
  /** what it is the first to tell */
  readonly news: readonly Finding[];
  /** an approved act did not help */
  readonly isResult: boolean;
  /** what ends an acknowledgement, which was for what was known then; undefined: nothing does */
  readonly worse: Finding | undefined;
  /** a step is due */
  readonly isStep: boolean;
  /** whether each of them may be told is asked when it is sent */
  readonly responders: readonly string[];
}

/** A step that is due, or something that people must know now, or both in one. */
export function ringingOf(state: DeskState, at: SendingAt, incident: Incident): Ringing {
  const { now, policy } = at;
  const { nextStep } = incident;
  const news = audibleNews(state, at, incident);
  const isResult = isDue(resultFreeAt(state, incident, now), now);
  const isOccasion = isResult || news.some((finding) => isRing(state, incident, finding));
  const worse = news.find((finding) => endsAcknowledgement(state, incident, finding));
  const isOpen = incident.state === "open" || worse !== undefined;
  const going: Incident = isOpen ? { ...incident, state: "open" } : incident;
  // The result of an act that nobody was asked about is the first ring too.
  const isHeld = incident.sentCount > 0 && !isDue(firingRingDueAt(state, going, now), now);
  const isStep = nextStep !== null && isOpen && !isHeld && nextStep.dueAt <= now;
  const responders = unique([
    ...(isStep ? exceptSigners(state, incident, notifiedBy(at, incident, nextStep)) : []),
    ...(isOccasion || incident.sentCount === 0 ? incident.rung : []),
    ...(isOccasion && incident.rung.length === 0 ? (policy.escalation.steps[0]?.notify ?? []) : []),
    ...(isOccasion ? holderOf(incident) : []),
    ...(isResult ? incident.answerers : []),
  ]);
  return { news, isResult, worse, isStep, responders };
}

function isDue(at: number | null, now: number): boolean {
  return at !== null && at <= now;
}

/** What people do not know yet and no silence covers; what cleared before anybody was told of it waits. */
export function audibleNews(state: DeskState, { now }: SendingAt, incident: Incident): readonly Finding[] {
  return newsOf(state, incident.incidentId).filter(
    (finding) => !mayBeOverUntold(finding) && freeAtOf(state, finding, now) <= now,
  );
}

/** Of somebody who cannot be reached everybody else is told, whoever the steps name; of a brake all whom the steps name, for it is told once. */
function notifiedBy(at: SendingAt, incident: Incident, step: NextStep): readonly string[] {
  const { escalation, responders } = at.policy;
  if (isForEverybody(incident)) return responders.map(({ id }) => id);
  if (incident.reason === "automation-frozen") return escalation.steps.flatMap(({ notify }) => notify);
  return escalation.steps[stepOf(step, at)]?.notify ?? [];
}

/** Who has signed what is open in it has done what they could: others are rung, as long as the step names any. */
function exceptSigners(
  state: DeskState,
  { incidentId }: Incident,
  named: readonly string[],
): readonly string[] {
  const open = approvalsOf(state, incidentId).filter(isUndecided);
  const others = named.filter((id) => !open.some((approval) => hasSigned(approval, id)));
  return others.length === 0 ? named : others;
}

/**
 * Somebody who cannot be reached is not told so, of a channel nobody who has no other, and nobody is told of their own
 * brake. Who left the policy is addressed no more.
 */
export function mayBeTold(
  state: DeskState,
  { policy }: SendingAt,
  { id, incident }: { readonly id: string; readonly incident: Incident },
): boolean {
  const person = policy.responders.find((responder) => responder.id === id);
  if (person === undefined) return false;
  const { reason, subject } = incident;
  if (subject.kind === "channel") return person.channels.some((channel) => channel !== subject.channel);
  if (isForEverybody(incident)) return subject.kind !== "person" || subject.responder !== id;
  if (reason !== "automation-frozen") return true;
  const by: Actor | undefined = state.freezes.get(subjectKeyOf(subject))?.by;
  // A rule's brake is told by that rule's own finding.
  return by === undefined || (by.kind !== "rule" && !isPerson(by, id));
}

/** A brake is what somebody wanted: it wakes nobody. */
export function isQuiet({ reason }: Incident): boolean {
  return reason === "automation-frozen";
}

/** Who knows of it: who was rung, and who has it. */
export function knowersOf(incident: Incident): readonly string[] {
  return unique([...incident.rung, ...holderOf(incident)]);
}

function holderOf({ acknowledgedBy }: Incident): readonly string[] {
  return acknowledgedBy === null ? [] : [acknowledgedBy.responder];
}

/** Each once, in their order. */
export function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
