// What people asked hosts for: its bounds, which finding it belongs to, what came of it, and when it is forgotten. Pure. The act itself stands in
// core/desk/acts/ask-for.ts; the host's proposal becomes an approval where all do (proposals.ts).
// What a reader would get wrong: what a person asks for is never run unattended or by a yes in advance, and a no that was said before does not
// stand in its way: asking is the way after a no.
import { isPerson } from "../../words/actor.ts";
import { kindOf } from "../../words/reason-kinds.ts";
import type { AskedBy, PersonAsking } from "../../words/signal.ts";
import { isHosted, isSameSubject, type ServiceSubject, type Subject } from "../../words/subject.ts";
import { inOrderOfNeed } from "../incidents/held-findings.ts";
import type { Approval } from "../records/approval.ts";
import type { Ask, AskAnswer } from "../records/ask.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import { type DeskChange, isUnderWay, isUndecided } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext } from "../state/desk-events.ts";
import { approvalsAbout } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { findingsOf, isOver, openFindingsOf, openFindingsOn } from "../state/finding-index.ts";
import { heldIn } from "../state/held-in.ts";

/** How long a question is kept. */
const KEPT_MS = 3_600_000;
/** So many within that time, for one person and for one service each. */
export const ASKS_MAX = 6;
/** A question that has not reached the host's shard by then is not put to the host any more. */
export const ASK_DELIVERY_MAX_MS = 5 * 60_000;

/** The person who asked; null: a rule did. */
export function askerOf(askedBy: AskedBy): PersonAsking | null {
  return askedBy.kind === "person" ? askedBy : null;
}

/** A person asked for it. */
export function isOfPerson(approval: Pick<Approval, "askedBy"> | undefined): boolean {
  return approval !== undefined && askerOf(approval.askedBy) !== null;
}

/** What stands in the way of one more question; null: nothing does. */
export function askRefusal(
  state: DeskState,
  { now, policy }: DeskContext,
  asked: Pick<Ask, "action" | "by" | "subject">,
): ActRefusal["reason"] | null {
  const { action, by, subject } = asked;
  const approvals = approvalsAbout(state, subject);
  if (approvals.some(isUnderWay)) return "ask-under-way";
  const isPut = approvals.some((approval) => isUndecided(approval) && approval.proposal.action === action);
  const lately = state.asks.values().filter(({ askedAt }) => askedAt > now - KEPT_MS);
  const ofService = lately.filter((ask) => isSameSubject(ask.subject, subject));
  const isWaiting = ofService.some(
    (ask) =>
      ask.action === action && ask.answer === null && now < ask.askedAt + policy.approval.expiresAfterMs,
  );
  if (isPut || isWaiting) return "ask-open";
  const ofPerson = lately.filter((ask) => isPerson(ask.by, by.responder));
  return Math.max(ofService.length, ofPerson.length) >= ASKS_MAX ? "ask-too-often" : null;
}

/** Keeps a question. */
export function putAsk(change: DeskChange, ask: Ask): DeskChange {
  return { ...change, state: { ...change.state, asks: change.state.asks.with(ask.requestId, ask) } };
}

/** Notes what came of a question; of one that is forgotten already there is nothing to note. */
export function answerAsk(change: DeskChange, requestId: string, answer: AskAnswer): DeskChange {
  const ask = change.state.asks.get(requestId);
  return ask === undefined || ask.answer !== null ? change : putAsk(change, { ...ask, answer });
}

/** Forgets what was asked an hour ago. */
export function forgetAsks(change: DeskChange, { now }: DeskContext): DeskChange {
  const old = change.state.asks.values().filter(({ askedAt }) => askedAt <= now - KEPT_MS);
  if (old.length === 0) return change;
  const asks = old.reduce((kept, { requestId }) => kept.without(requestId), change.state.asks);
  return { ...change, state: { ...change.state, asks } };
}

/**
 * The finding that a question belongs to: the gravest trouble of the service, wherever it lies, else the gravest of the incident in which it was
 * asked, else of its host, or of what is open about many hosts; undefined: nothing is open.
 */
export function findingOfAsk(
  state: DeskState,
  { incidentId, subject }: { readonly incidentId: string | null; readonly subject: ServiceSubject },
): Finding | undefined {
  const onHost = openFindingsOn(state, subject.hostId);
  const own = onHost.filter((finding) => isSameSubject(finding.subject, subject));
  const named = incidentId === null ? undefined : heldIn(state, incidentId);
  return (
    neediest(own.filter(({ reason }) => kindOf(reason) === "trouble")) ??
    (named !== undefined && mayConcern(state, named, subject)
      ? inIncident(state, named, subject)
      : undefined) ??
    neediest(own) ??
    neediest(onHost.filter((finding) => finding.subject.kind === "host")) ??
    state.findings.values().findLast((finding) => !isOver(finding) && isOfMany(finding))
  );
}

/** Says whether an incident may hold a question about a service: it holds something about it, its host, or many hosts. */
export function mayConcern(state: DeskState, { incidentId }: Incident, subject: ServiceSubject): boolean {
  return findingsOf(state, incidentId).some((finding) => isAbout(finding, subject));
}

function inIncident(
  state: DeskState,
  { incidentId }: Incident,
  subject: ServiceSubject,
): Finding | undefined {
  const open = openFindingsOf(state, incidentId);
  return neediest(open.filter((finding) => isAbout(finding, subject))) ?? neediest(open);
}

function isAbout({ subject: about }: Finding, subject: ServiceSubject): boolean {
  if (!isHosted(about)) return isShared(about);
  return about.hostId === subject.hostId && (about.kind === "host" || isSameSubject(about, subject));
}

function neediest(findings: readonly Finding[]): Finding | undefined {
  return inOrderOfNeed(findings)[0];
}

/** The question about a service that is open or under way, whoever asked it; null: none is. */
export function openQuestionAbout(state: DeskState, subject: ServiceSubject): Approval | null {
  return approvalsAbout(state, subject).findLast(isOpenQuestion) ?? null;
}

/** It waits for an answer, or for how what was approved ends. */
export function isOpenQuestion(approval: Approval): boolean {
  return isUndecided(approval) || isUnderWay(approval);
}

function isShared({ kind }: Subject): boolean {
  return kind === "fleet" || kind === "provider" || kind === "identity";
}

/** Of what may be said of the whole fleet, only its silence is about hosts. */
function isOfMany({ reason, subject }: Finding): boolean {
  return reason === "fleet-silent" || (isShared(subject) && subject.kind !== "fleet");
}
