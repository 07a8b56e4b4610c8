// The desk's one decision: state, event and context in; next state, effects, alarm and answer out. Pure.
// Order matters in three places: approvals that are due expire before the event is looked at, so that no yes comes too late; the
// event comes before other due work, so that a "cleared" beats the page it makes untrue; and what is due is done after every
// event, so that a page never waits for the alarm.
import { ok } from "@countersign/shared/values/result";
import { type Actor, BY_DESK, byHost, byPart } from "../words/actor.ts";
import type { Signal } from "../words/signal.ts";
import { FLEET, isHosted, isSameSubject, type Subject } from "../words/subject.ts";
import { takeAct } from "./acts/take-act.ts";
import {
  endOverdueApprovals,
  markGrantDelivered,
  recordOutcome,
  recordVerification,
  redeliverGrants,
} from "./approvals/approval-outcomes.ts";
import { expireApprovals, supersedeSubject } from "./approvals/approvals.ts";
import { forgetAsks, isOfPerson } from "./approvals/asks.ts";
import { freezeByRule } from "./approvals/freezes.ts";
import { recordProposalRefusal, requestApproval } from "./approvals/proposals.ts";
import { recordRecall } from "./approvals/recalls.ts";
import { endStandingApprovalsOf, endStandingApprovalsWithout, expireStanding } from "./approvals/standing.ts";
import { takeCensus } from "./census.ts";
import { forgetChannels } from "./deliveries/channel-states.ts";
import { askDueReceipts } from "./deliveries/deliveries.ts";
import { settleDeliveries, takeSettled } from "./deliveries/settling.ts";
import { nextAlarmAt } from "./desk-alarm.ts";
import type { DeskEvent } from "./desk-event.ts";
import { judgeDeskRules } from "./desk-rules.ts";
import { followDrills } from "./drills/drills.ts";
import {
  endFinding,
  endWellFindings,
  releaseReturned,
  takeCleared,
  takeFiring,
} from "./findings/findings.ts";
import { followFleet } from "./findings/move.ts";
import { forgetRecurrences } from "./findings/recurring.ts";
import { endShadow, promoteShadows, takeShadow } from "./findings/shadow.ts";
import { lapseAcknowledgements } from "./incidents/acknowledgements.ts";
import { forgetContactsOf } from "./outbox/contacts.ts";
import { releaseHeld } from "./outbox/digest.ts";
import { attemptDuePages, followPeople } from "./outbox/page-outbox.ts";
import { countSent, forgetSent, untriedIn } from "./outbox/storm.ts";
import { passOnSwallowed } from "./outbox/swallowed.ts";
import { forgetTestPages } from "./outbox/test-pages.ts";
import { takeReceipt } from "./page-receipts.ts";
import { sendDue } from "./paging/sending.ts";
import { expireSilences } from "./paging/silences.ts";
import { takeReceiptTold } from "./receipt-told.ts";
import { takeRoute } from "./route-missing.ts";
import { hearShard, takeShardWords } from "./shard-unreachable.ts";
import { addAudit, type AnsweredChange, type DeskChange, effectsOf } from "./state/desk-change.ts";
import type { DeskContext, DeskDecision } from "./state/desk-events.ts";
import { approvalsAbout } from "./state/desk-index.ts";
import type { DeskState } from "./state/desk-state.ts";
import { findFinding, isOver } from "./state/finding-index.ts";
import { forgetUnreadable, foundOf, takeUnreadable } from "./unreadable.ts";

/** When what is due and was not done is tried again. */
const UNDONE_AGAIN_MS = 5_000;

/** Decides what one event means. Repeating an event changes nothing but audit rows. */
export function decideDesk(state: DeskState, event: DeskEvent, context: DeskContext): DeskDecision {
  const current = expireApprovals({ state, effects: null }, context);
  const { change, answer } = takeEvent(current, event, context);
  const settled = doDueWork(change, context, state);
  const dueAt = nextAlarmAt(settled.state, context);
  const isLeftUndone = dueAt !== null && !(dueAt > context.now);
  const alarmAt = isLeftUndone ? context.now + UNDONE_AGAIN_MS : dueAt;
  return { state: settled.state, effects: effectsOf(settled), alarmAt, answer, isLeftUndone };
}

function takeEvent(change: DeskChange, event: DeskEvent, context: DeskContext): AnsweredChange {
  switch (event.kind) {
    case "signal":
      return unanswered(takeSignal(change, context, event.signal));
    case "signals":
      return unanswered(
        event.signals.reduce((before, signal) => takeSignal(before, context, signal), change),
      );
    case "tick":
      return unanswered(redeliverGrants(change, context));
    case "page-attempted":
      return unanswered(takeReceipt(change, context, event));
    case "receipt-told":
      return unanswered(takeReceiptTold(change, context, event));
    case "delivery-settled":
      return unanswered(takeSettled(change, context, event));
    case "act":
      return takeAct(change, context, event);
    case "responder-left":
      return unanswered(
        forgetContactsOf(endStandingApprovalsOf(change, context, event.responder), event.responder),
      );
    case "passkeys-known":
      return unanswered(endStandingApprovalsWithout(change, context, event.credentialIds));
    case "route-checked":
      return unanswered(takeRoute(change, context, event));
    case "shards-watched":
      return unanswered(takeShardWords(change, context, event));
    case "shard-heard":
      return unanswered(hearShard(change, context, event.shard));
    case "unreadable-found":
      return unanswered(takeUnreadable(change, context, event.records));
    case "unreadable-over":
      return unanswered(forgetUnreadable(change, context, event.recordKey));
    case "grant-delivered":
      return unanswered(markGrantDelivered(change, context, event.approvalId));
  }
}

function takeSignal(change: DeskChange, context: DeskContext, signal: Signal): DeskChange {
  switch (signal.kind) {
    case "firing":
      return isForShadow(change, signal)
        ? takeShadow(change, context, signal)
        : takeFiringSignal(endShadow(change, context, signal), context, signal);
    case "cleared":
      return takeCleared(endShadow(change, context, signal), context, signal);
    case "proposed":
      return requestApproval(change, context, signal);
    case "proposal-refused":
      return recordProposalRefusal(change, context, signal);
    case "superseded":
      return supersedeSubject(change, context, signal);
    case "outcome":
      return recordOutcome(change, context, signal);
    case "verification":
      return takeVerification(change, context, signal);
    case "grant-recalled":
      return recordRecall(change, context, signal);
    case "unreadable":
      return takeUnreadable(change, context, [foundOf(signal)]);
    case "census":
      return takeCensus(change, { ...signal, shard: signal.subject.shard ?? "" });
    case "note":
      return takeNote(change, context, signal);
  }
}

/** A finding that began before its rule went into shadow goes on until it is over. */
function isForShadow({ state }: DeskChange, signal: Extract<Signal, { kind: "firing" }>): boolean {
  return signal.shadow !== undefined && findFinding(state, signal.subject, signal.reason) === undefined;
}

/** The condition is on record before the brake is pulled for it. */
function takeFiringSignal(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "firing" }>,
): DeskChange {
  const fired = takeFiring(change, context, signal);
  return signal.freezes === true ? freezeByRule(fired, context, signal) : fired;
}

/** A verified action proves health: what it was for is over at once, on its own host. */
function takeVerification(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "verification" }>,
): DeskChange {
  const recorded = recordVerification(change, context, signal);
  const { state } = recorded;
  const approval = approvalsAbout(state, signal.subject).find(({ grantId }) => grantId === signal.grantId);
  const known = approval === undefined ? undefined : state.findings.get(approval.findingId);
  const finding = known ?? findFinding(state, signal.subject, "check-failing");
  if (signal.result !== "verified" || finding === undefined || isOver(finding)) return recorded;
  // What a person asked for may stand with what a whole host, or many, have: that is not proven to be over by one service.
  if (isOfPerson(approval) && !isSameSubject(finding.subject, signal.subject)) return recorded;
  return endFinding(recorded, context, {
    finding,
    why: "The approved action helped: it stayed well for as long as it must.",
  });
}

function takeNote(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "note" }>,
): DeskChange {
  return addAudit(change, context, {
    actor: noterOf(signal.subject),
    act: "noted",
    refs: [{ kind: "subject", subject: signal.subject ?? FLEET }],
    why: signal.text,
  });
}

/** Who noted something: the host that it is about, or the part of the control plane that looks after what it is about. */
function noterOf(subject: Subject | null): Actor {
  if (subject === null) return BY_DESK;
  if (isHosted(subject)) return byHost(subject.hostId);
  return subject.kind === "fleet" && subject.shard !== null ? byPart(subject.shard) : BY_DESK;
}

/** Everything whose time has come. Acknowledgements lapse and acts end before steps are looked at, pages go last. */
function doDueWork(change: DeskChange, context: DeskContext, before: DeskState): DeskChange {
  let current = expireApprovals(change, context);
  current = endOverdueApprovals(current, context);
  current = lapseAcknowledgements(current, context);
  current = expireSilences(current, context);
  current = expireStanding(current, context);
  current = endWellFindings(current, context);
  current = releaseReturned(current, context);
  current = forgetRecurrences(current, context);
  current = forgetAsks(current, context);
  // A drill that nobody answered is told by what became of its page, which is forgotten at the same instant.
  current = followDrills(current, context);
  current = forgetTestPages(current, context);
  current = forgetSent(current, context);
  current = promoteShadows(current, context);
  current = forgetChannels(current, context);
  current = passOnSwallowed(current, context);
  current = followPeople(current, context);
  const paged = judgeAndPage(current, context, before);
  // An attempt may have been the last one that was left, which is a finding itself; where nothing changed there is nothing to judge anew.
  const judged = paged === current ? paged : judgeAndPage(paged, context, before);
  // Last, when what this decision ended is ended.
  return askDueReceipts(settleDeliveries(judged, context), context);
}

function judgeAndPage(change: DeskChange, context: DeskContext, before: DeskState): DeskChange {
  const judged = followFleet(judgeDeskRules(change, context), context, before);
  const released = releaseHeld(sendDue(judged, context), context);
  const untried = untriedIn(released.state, context);
  return countSent(attemptDuePages(released, context), context, untried);
}

function unanswered(change: DeskChange): AnsweredChange {
  return { change, answer: ok(null) };
}
