// Proposals of a host become approvals here: read, matched to the finding that waits for them, attached. Pure.
// What a reader would get wrong: a question is put once in a finding's episode. A newer proposal takes an undecided one's place without a word, and
// is ignored while an approved act is still under way; a person's no, and what did not help, hold for the episode.
import { boundUnitOf, unitTurn } from "@countersign/shared/host/same-unit";
import { decodeBase64 } from "@countersign/shared/values/base64";
import { type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import { actorNameOf, BY_DESK, byHost } from "../../words/actor.ts";
import { refusalText } from "../../words/proposal-refusal.ts";
import type { Signal } from "../../words/signal.ts";
import { isSameSubject, nameOf } from "../../words/subject.ts";
import { isAskedOfNone } from "../incidents/gathering.ts";
import type { Approval } from "../records/approval.ts";
import type { AskAnswer } from "../records/ask.ts";
import type { Finding } from "../records/finding.ts";
import type { Freeze } from "../records/freeze.ts";
import { refsOfApproval, refsOfIncident } from "../state/audit-refs.ts";
import {
  addAudit,
  addTimeline,
  approvalOf,
  type DeskChange,
  isUnderWay,
  isUndecided,
  putApproval,
  putFinding,
} from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsAbout, approvalsOf } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { findFinding } from "../state/finding-index.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import { sumOf } from "../state/incident-sums.ts";
import { endUnheard } from "./approval-outcomes.ts";
import { expireApproval, supersedeApproval } from "./approvals.ts";
import { answerAsk, askerOf, findingOfAsk, isOpenQuestion, isOfPerson, openQuestionAbout } from "./asks.ts";
import { readProposal } from "./read-proposal.ts";
import { decideInAdvance } from "./standing.ts";

/** The shard counts an approval's life from its request, so its next proposal may come this much before ours has expired. */
export const EXPIRY_SLACK_MS = 10_000;
/** What somebody has opened is not renewed under their eyes within this time. */
export const READING_MS = 20_000;

type ProposedSignal = Extract<Signal, { kind: "proposed" }>;
type RefusedSignal = Extract<Signal, { kind: "proposal-refused" }>;

/** Makes an approval of a minted proposal and attaches it to the finding that it is for: the question is put, or renewed silently. */
export function requestApproval(
  change: DeskChange,
  context: DeskContext,
  signal: ProposedSignal,
): DeskChange {
  const isKnown = approvalsAbout(change.state, signal.subject).some(
    ({ requestId }) => requestId === signal.requestId,
  );
  if (isKnown) return change;
  const read = readProposal(signal);
  if (!read.ok) return ignoreProposal(change, context, { signal, why: read.error.detail, as: "unreadable" });
  const frozen = freezeOver(change.state, signal.subject);
  if (frozen !== null) return refuseFrozen(change, context, { signal, frozen });
  const finding = findingAwaiting(change, signal);
  if (finding === undefined)
    return ignoreProposal(change, context, {
      signal,
      why: "No failing incident waits for it.",
      as: "incident-over",
    });
  const isAsked = isOfPerson(signal);
  const held = isAsked ? null : heldBecause(change.state, finding, read.value);
  if (held !== null) return ignoreProposal(change, context, { signal, why: held });
  const previous = isAsked
    ? openQuestionAbout(change.state, signal.subject)
    : previousOf(change.state, finding, signal);
  if (previous !== null && isUnderWay(previous) && !isVoid(previous, context))
    return ignoreProposal(change, context, {
      signal,
      why: "An approved act is still under way.",
      as: "under-way",
    });
  const kept = isAsked || previous === null ? null : keptBecause(previous, read.value, context);
  if (kept !== null) return ignoreProposal(change, context, { signal, why: kept });
  const ended = previous === null ? change : endPrevious(change, context, previous);
  return attachApproval(ended, context, { finding, signal, proposal: read.value });
}

/** The host will not propose anything: the timeline says why. */
export function recordProposalRefusal(
  change: DeskChange,
  context: DeskContext,
  signal: RefusedSignal,
): DeskChange {
  const { refusal, requestId } = signal;
  const finding = findingAwaiting(change, signal);
  const by = byHost(signal.subject.hostId);
  const answered = answerAsk(change, requestId, { kind: "refused", refusal });
  const audited = addAudit(answered, context, {
    actor: by,
    act: "proposal-refused",
    refs:
      finding === undefined
        ? [{ kind: "subject", subject: signal.subject }]
        : refsOfIncident({ ...finding, subject: signal.subject }),
    why: refusalText(refusal),
  });
  if (finding === undefined) return audited;
  const text = `The host offers nothing: ${refusalText(refusal)}`;
  return addTimeline(audited, finding.incidentId, { at: context.now, by, text });
}

/** Nothing is asked of anybody while automation is frozen; the timeline says why. */
function refuseFrozen(
  change: DeskChange,
  context: DeskContext,
  refused: { readonly signal: ProposedSignal; readonly frozen: Freeze },
): DeskChange {
  const { frozen, signal } = refused;
  const text = `Nothing is proposed: automation on ${nameOf(frozen.scope)} is frozen by ${actorNameOf(frozen.by)}.`;
  const ignored = ignoreProposal(change, context, { signal, why: text, as: "frozen" });
  const finding = findingAwaiting(ignored, signal);
  if (finding === undefined) return ignored;
  return addTimeline(ignored, finding.incidentId, { at: context.now, by: BY_DESK, text });
}

/** Why a question is not put in this episode; null: nothing holds it back. */
function heldBecause(state: DeskState, finding: Finding, { action }: Proposal): string | null {
  if (isOneOfMany(state, finding))
    return "It is wide: one cause on many hosts is answered by no restart of each.";
  if (finding.standing === "beneath") return "It lies beneath the silence of its host.";
  const asked = approvalsOf(state, finding.incidentId).filter(
    (approval) =>
      approval.proposal.action === action &&
      isSameSubject(approval.subject, finding.subject) &&
      approval.requestedAt >= finding.beganAt,
  );
  const denied = asked.find((approval) => approval.state === "denied");
  if (denied !== undefined) {
    const by = denied.decidedBy === null ? "A person" : actorNameOf(denied.decidedBy);
    return `${by} said no to ${action}: that holds until it is over.`;
  }
  return asked.some(hasNotHelped)
    ? `${action} did not help: it is not offered again until this is over.`
    : null;
}

/** It is one of many that are alike, or lies among them: another reason of a service whose trouble is wide. */
function isOneOfMany(state: DeskState, { incidentId }: Finding): boolean {
  const incident = state.incidents.get(incidentId);
  return incident !== undefined && isAskedOfNone(incident, sumOf(state, incidentId));
}

/** It ran, and what it was for goes on. */
function hasNotHelped({ end, state }: Approval): boolean {
  if (state !== "failed" || end === null) return false;
  if (end.reason === "ineffective") return true;
  return end.reason === "outcome" && end.status !== "refused";
}

/**
 * Somebody opened it a moment ago, or has signed it, and what they read is still so: it is not taken out of their hands. null: it is renewed.
 * What was signed is kept for as long as another person may still sign it: with another proposal the signatures would be void.
 */
function keptBecause(previous: Approval, proposal: Proposal, { now }: DeskContext): string | null {
  const isStill =
    isUndecided(previous) &&
    previous.expiresAt - now > READING_MS &&
    previous.proposal.bootId === proposal.bootId &&
    unitTurn(boundUnitOf(previous.proposal.unitState), proposal.unitState) === null;
  if (!isStill) return null;
  if (previous.signatures !== undefined) return "Somebody has signed the one before.";
  const isOpened = previous.seenAt !== null && now - previous.seenAt < READING_MS;
  return isOpened ? "Somebody is reading the one before." : null;
}

/** Approved, and its grant ran out without a word: the shard has already asked the host again. */
function isVoid(approval: Approval, { now }: DeskContext): boolean {
  return approval.state === "approved" && approval.grantExpiresAt !== null && approval.grantExpiresAt <= now;
}

function endPrevious(change: DeskChange, context: DeskContext, previous: Approval): DeskChange {
  if (isVoid(previous, context)) return endUnheard(change, context, previous);
  if (isUndecided(previous) && previous.expiresAt - context.now <= EXPIRY_SLACK_MS)
    return expireApproval(change, context, previous);
  return supersedeApproval(change, context, { approval: previous, end: { reason: "newer-proposal" } });
}

/** What stands open about the same: of the finding or, where nothing of it is, what a person asked for. */
function previousOf(state: DeskState, finding: Finding, { subject }: ProposedSignal): Approval | null {
  const own = approvalOf(state, finding);
  if (own !== null && isOpenQuestion(own)) return own;
  return approvalsAbout(state, subject).find((other) => isOfPerson(other) && isOpenQuestion(other)) ?? own;
}

/** What has cleared waits for nothing that the ladder asked for; what a person asked for belongs to what is open about it. */
function findingAwaiting(
  { state }: DeskChange,
  { askedBy, reason, subject }: Pick<ProposedSignal | RefusedSignal, "askedBy" | "reason" | "subject">,
): Finding | undefined {
  const asker = askerOf(askedBy);
  if (asker !== null && subject.kind === "service")
    return findingOfAsk(state, { incidentId: asker.incidentId, subject });
  const finding = findFinding(state, subject, reason);
  return finding?.clearedAt === null ? finding : undefined;
}

function attachApproval(
  change: DeskChange,
  context: DeskContext,
  found: { readonly finding: Finding; readonly signal: ProposedSignal; readonly proposal: Proposal },
): DeskChange {
  const { finding, signal, proposal } = found;
  const approvalId = context.newId("apr");
  const approval: Approval = {
    approvalId,
    incidentId: finding.incidentId,
    findingId: finding.findingId,
    requestId: signal.requestId,
    askedBy: signal.askedBy,
    subject: signal.subject,
    proposalBytes: signal.proposal,
    proposalHash: proposalHashOf(decodeBase64(signal.proposal) ?? new Uint8Array()),
    proposal,
    state: "requested",
    requestedAt: context.now,
    deliveredAt: null,
    seenAt: null,
    // A yes after the host has forgotten its proposal would be refused there: better to say "expired" here.
    expiresAt: context.now + Math.min(context.policy.approval.expiresAfterMs, proposal.lifetimeMs),
    decidedAt: null,
    decidedBy: null,
    grantId: null,
    grantExpiresAt: null,
    isGrantDelivered: false,
    outcome: null,
    end: null,
    settleMs: signal.settleMs,
  };
  // A finding's own question is its ladder's: what a person asked for stands beside it.
  const isAsked = isOfPerson(signal);
  const attached = isAsked ? finding : { ...finding, approvalId, askedAt: finding.askedAt ?? context.now };
  const by = byHost(signal.subject.hostId);
  const audited = addAudit(putApproval(putFinding(change, attached), approval), context, {
    actor: by,
    act: "approval-requested",
    refs: refsOfApproval(approval),
    why: proposal.argv.join(" "),
  });
  const text = `The host offers to run: ${proposal.argv.join(" ")}`;
  const noted = addTimeline(audited, finding.incidentId, { at: context.now, by, text });
  if (isAsked) return answerAsk(noted, signal.requestId, { kind: "proposed", approvalId });
  return decideInAdvance(noted, context, { approval, unattended: signal.unattended }) ?? noted;
}

function ignoreProposal(
  change: DeskChange,
  context: DeskContext,
  ignored: {
    readonly signal: ProposedSignal;
    readonly why: string;
    /** what a person is told who asked for it; absent: only the ladder's comes to this */
    readonly as?: Extract<AskAnswer, { kind: "dropped" }>["why"];
  },
): DeskChange {
  const { as: why, signal } = ignored;
  const answered = why === undefined ? change : answerAsk(change, signal.requestId, { kind: "dropped", why });
  return addAudit(answered, context, {
    actor: byHost(signal.subject.hostId),
    act: "proposal-ignored",
    refs: [{ kind: "subject", subject: signal.subject }],
    why: ignored.why,
  });
}
