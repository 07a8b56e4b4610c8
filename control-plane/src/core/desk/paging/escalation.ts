// Whom an incident pages and when: the policy's steps in order, counted from the round's start, and again until somebody
// acknowledges; who was paged is paged once more when it grows worse. An unanswered approval is paged by the same steps, for they
// carry its link. Pure.
// Steps are held, not lost, while the condition is cleared, while an approved act is under way, and while the first page waits
// for the host's proposal; afterwards the step that is overdue goes out at once.
import type { Approval } from "../records/approval.ts";
import type { Incident, NextStep } from "../records/incident.ts";
import { approvalOf, type DeskChange, isUnderWay, isUndecided, putIncident } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsAbout, pagesOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { dueIncidents } from "../state/incident-due.ts";
import { repeatPauseMs } from "./escalation-pace.ts";
import { inhibitedUntilAt } from "./inhibition.ts";
import { queuePage } from "./page-outbox.ts";
import { approvalText, firingText, recoveredText, resultText } from "./page-texts.ts";
import { isRaised, toldNow } from "./raised.ts";
import { unsilencedAt } from "./silences.ts";

/** How long the first page waits for the host's proposal, so that one page carries the approval's link. */
export const PROPOSAL_WAIT_MS = 3_000;
/** After a page about a failed act, the step that was held goes out at the earliest then. */
const AFTER_RESULT_MS = 60_000;

const dueSteps = dueIncidents((state, incident) => stepDueAt(state, incident, 0));

/** The first step of round 0. */
export function firstStep(context: DeskContext): NextStep {
  const afterMs = context.policy.escalation.steps[0]?.afterMs ?? 0;
  return { round: 0, step: 0, dueAt: context.now + afterMs, repeats: 0 };
}

/** Nobody has been paged about this incident yet. */
export function isBeforeFirstPage(incident: Incident): boolean {
  return incident.nextStep !== null && incident.nextStep.round === 0 && incident.nextStep.step === 0;
}

/** The first step of the next round, due at an instant. Used when an acknowledgement begins: paging goes on when it lapses. */
export function restartSteps(incident: Incident, dueAt: number): NextStep {
  return { round: (incident.nextStep?.round ?? 0) + 1, step: 0, dueAt, repeats: 0 };
}

/** When the next step goes out; null while it is held or nothing is left to escalate. */
export function stepDueAt(state: DeskState, incident: Incident, now: number): number | null {
  if (incident.state !== "open" || incident.nextStep === null) return null;
  if (incident.clearedAt !== null && !isToldAfterwards(incident)) return null;
  const approval = approvalOf(state, incident);
  if (approval !== null && isUnderWay(approval)) return null;
  const inhibitedUntil = inhibitedUntilAt(state, incident);
  if (inhibitedUntil === Infinity) return null;
  // A rise waits for no step; what holds steps holds it too.
  const wantedAt = isRaised(incident) ? incident.openedAt : incident.nextStep.dueAt;
  const dueAt = Math.max(wantedAt, incident.awaitsProposalUntilAt ?? 0, inhibitedUntil);
  const sentAt = Math.max(dueAt, now);
  const freeAt = unsilencedAt(state, incident, sentAt);
  return freeAt === sentAt ? dueAt : freeAt;
}

/** When the next step of any incident goes out; null: none does. */
export function nextStepAt(state: DeskState, context: DeskContext): number | null {
  const held = dueSteps.dueAt(state, context).map((incident) => stepDueAt(state, incident, context.now));
  const dueAt = [...held, dueSteps.nextAfter(state, context)].filter((at) => at !== null);
  return dueAt.length === 0 ? null : dueAt.reduce((left, right) => Math.min(left, right));
}

/** Queues the pages of every step that is due. */
export function sendDueSteps(change: DeskChange, context: DeskContext): DeskChange {
  let current = change;
  for (const { incidentId } of dueSteps.dueAt(change.state, context)) {
    let incident = current.state.incidents.get(incidentId);
    while (incident !== undefined && isStepDue(current.state, incident, context.now)) {
      current = sendStep(current, context, incident);
      incident = current.state.incidents.get(incidentId);
    }
  }
  return current;
}

/** Pages a proposal that came after the first page, to everybody who was paged. An acknowledged incident stays quiet. */
export function pageLateApproval(change: DeskChange, context: DeskContext, approval: Approval): DeskChange {
  const incident = change.state.incidents.get(approval.incidentId);
  if (incident === undefined || incident.state !== "open" || isBeforeFirstPage(incident)) return change;
  return pagedResponders(change.state, incident).reduce(
    (before, responder) =>
      queuePage(before, context, {
        incidentId: incident.incidentId,
        approvalId: approval.approvalId,
        kind: "approval",
        occasion: approval.approvalId,
        responder,
        severity: incident.severity,
        text: approvalText(incident, approval),
        path: `/approvals/${approval.approvalId}`,
      }),
    change,
  );
}

/** Pages that an approved act did not help, to who approved and who was paged; what escalates next waits a minute. */
export function pageResult(
  change: DeskChange,
  context: DeskContext,
  result: { readonly approval: Approval; readonly ended: string },
): DeskChange {
  const { approval, ended } = result;
  const incident = change.state.incidents.get(approval.incidentId);
  if (incident === undefined || incident.state === "resolved") return change;
  const responders = new Set([
    ...(approval.decidedBy?.kind === "person" ? [approval.decidedBy.responder] : []),
    ...pagedResponders(change.state, incident),
  ]);
  let current = delaySteps(change, context, incident.incidentId);
  for (const responder of responders)
    current = queuePage(current, context, {
      incidentId: incident.incidentId,
      approvalId: approval.approvalId,
      kind: "result",
      occasion: approval.approvalId,
      responder,
      severity: incident.severity,
      text: resultText(approval, ended),
      path: `/incidents/${incident.incidentId}`,
    });
  return current;
}

/** After an act that did not help, the step that was held goes out in a minute: by then a new proposal may be there. */
export function delaySteps(change: DeskChange, context: DeskContext, incidentId: string): DeskChange {
  const incident = change.state.incidents.get(incidentId);
  if (incident === undefined || incident.nextStep === null) return change;
  const dueAt = Math.max(incident.nextStep.dueAt, context.now + AFTER_RESULT_MS);
  return putIncident(change, { ...incident, nextStep: { ...incident.nextStep, dueAt } });
}

/** Tells a responder that it is over; only for one who was told that it began. */
export function pageRecovered(
  change: DeskChange,
  context: DeskContext,
  recovery: { readonly incident: Incident; readonly responder: string; readonly why: string },
): DeskChange {
  const { incident, responder, why } = recovery;
  return queuePage(change, context, {
    incidentId: incident.incidentId,
    approvalId: null,
    kind: "recovered",
    occasion: "0:0",
    responder,
    severity: "info",
    text: recoveredText(incident, why),
    path: `/incidents/${incident.incidentId}`,
  });
}

function isStepDue(state: DeskState, incident: Incident, now: number): boolean {
  const dueAt = stepDueAt(state, incident, now);
  return dueAt !== null && dueAt <= now;
}

function sendStep(change: DeskChange, context: DeskContext, incident: Incident): DeskChange {
  const { steps } = context.policy.escalation;
  // A policy that became shorter meanwhile starts its steps again.
  const nextStep = incident.nextStep ?? firstStep(context);
  const step = nextStep.step < steps.length ? nextStep.step : 0;
  const isDue = nextStep.dueAt <= context.now;
  const raisedFrom = isRaised(incident) ? incident.toldSeverity : null;
  const approval = askedOf(change.state, incident);
  const asked = approval !== null && isUndecided(approval) ? approval : null;
  const ofStep = isDue ? respondersOf(context, incident, steps[step]?.notify ?? []) : [];
  const told = raisedFrom === null ? [] : pagedResponders(change.state, incident);
  const text = firingText(incident, asked, { now: context.now, round: nextStep.round, raisedFrom });
  const current = { ...nextStep, step, repeats: raisedFrom === null ? nextStep.repeats : 0 };
  const following = isDue ? followingStep(context, current) : hastenedStep(context, current);
  const moved = putIncident(change, {
    ...incident,
    awaitsProposalUntilAt: null,
    nextStep: isPagedOnce(incident) ? null : following,
    toldSeverity: toldNow(incident),
  });
  return [...new Set([...ofStep, ...told])].reduce(
    (before, responder) =>
      queuePage(before, context, {
        incidentId: incident.incidentId,
        approvalId: asked?.approvalId ?? null,
        kind: "firing",
        occasion: isDue ? `${nextStep.round}:${step}` : `raised:${incident.severity}`,
        responder,
        severity: incident.severity,
        text,
        path: asked === null ? `/incidents/${incident.incidentId}` : `/approvals/${asked.approvalId}`,
      }),
    moved,
  );
}

/** Our own blindness is over when we can tell of it. */
function isToldAfterwards({ reason }: Incident): boolean {
  return reason === "control-plane-gap";
}

/** Good to know, and nothing to answer: one step, and no repeats. */
function isPagedOnce({ reason }: Incident): boolean {
  return reason === "automation-frozen" || reason === "control-plane-gap";
}

/** An approval that nobody answered is the one of the failing incident of the same service. */
function askedOf(state: DeskState, incident: Incident): Approval | null {
  if (incident.reason !== "approval-unanswered") return approvalOf(state, incident);
  return approvalsAbout(state, incident.subject).find(isUndecided) ?? null;
}

/** Somebody who cannot be reached is not told so: everybody else is. */
function respondersOf(
  { policy }: DeskContext,
  { reason, subject }: Incident,
  notify: readonly string[],
): readonly string[] {
  if (reason !== "page-undelivered" && reason !== "route-missing") return notify;
  return policy.responders
    .map(({ id }) => id)
    .filter((id) => subject.kind !== "person" || subject.responder !== id);
}

/** Counted from now and not from when the step was due: a desk that woke late must not page everybody at once. */
function followingStep(context: DeskContext, current: NextStep): NextStep {
  const { escalation } = context.policy;
  const { steps } = escalation;
  const sentAfterMs = steps[current.step]?.afterMs ?? 0;
  const following = steps[current.step + 1];
  if (following !== undefined)
    return {
      round: current.round,
      step: current.step + 1,
      dueAt: context.now + Math.max(0, following.afterMs - sentAfterMs),
      repeats: current.repeats,
    };
  const pauseMs = repeatPauseMs(current.repeats, escalation);
  return { round: current.round + 1, step: 0, dueAt: context.now + pauseMs, repeats: current.repeats + 1 };
}

/** What grew worse is repeated at the full pace again: a pause that had become long ends sooner. */
function hastenedStep(context: DeskContext, current: NextStep): NextStep {
  if (current.step > 0 || current.round === 0) return current;
  const soonAt = context.now + repeatPauseMs(0, context.policy.escalation);
  return { ...current, dueAt: Math.min(current.dueAt, soonAt) };
}

function pagedResponders(state: DeskState, incident: Incident): readonly string[] {
  const pages = pagesOf(state, incident.incidentId).filter(({ kind }) => kind === "firing");
  return [...new Set(pages.map(({ responder }) => responder))];
}
