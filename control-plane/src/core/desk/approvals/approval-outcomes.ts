// The life of an approval after a person's yes: approved → executing → verified | failed. Pure.
// What a reader would get wrong: a grant may reach the host twice, and the second copy is answered with `nonce-used` while the
// first still runs, so that refusal ends nothing. An approval fails by silence only after the grant is void and a grace has
// passed; a word from the host that comes still later corrects it. Nothing here ever hands out a second grant.
import { START_TIMEOUT_DEFAULT_MS, startWaitOf } from "@countersign/shared/host/unit-run";
import { dueBy, groupedBy } from "@countersign/shared/values/records-index";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Policy } from "../../../policy/policy.ts";
import { type Actor, BY_DESK, byHost, isResponder } from "../../words/actor.ts";
import type { Signal } from "../../words/signal.ts";
import { type HostedSubject, isSameSubject } from "../../words/subject.ts";
import { endWords, type Failure } from "../records/approval-end.ts";
import type { Approval } from "../records/approval.ts";
import { refsOfApproval } from "../state/audit-refs.ts";
import {
  addAudit,
  addEffect,
  addTimeline,
  type DeskChange,
  putApproval,
  putFinding,
  putIncident,
} from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsAbout, approvalsFor, approvalsOn } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { isOver } from "../state/finding-index.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import { dropStanding } from "./standing.ts";

/** Pause between two attempts to hand a grant to its shard. */
export const GRANT_REDELIVERY_MS = 2_000;
/** After the grant is void, how long the host may still be running it, or on its way with the outcome. */
export const OUTCOME_GRACE_MS = 60_000;
/** Beside the stability window and the time in which the service must settle, how long the proof may take: reports must arrive. */
export const VERIFICATION_GRACE_MS = 120_000;

const UNDELIVERED = "undelivered";
const undelivered = groupedBy<Approval>((approval) => (isGrantUndelivered(approval) ? UNDELIVERED : null));
const underWay = dueBy<Approval, Policy>(overdueAt);

/** Hands each grant that its shard has not confirmed over once more, unless it is recalled or frozen; the shard takes one id once. */
export function redeliverGrants(change: DeskChange, context: DeskContext): DeskChange {
  return undelivered(change.state.approvals, UNDELIVERED)
    .filter(({ grantExpiresAt }) => (grantExpiresAt ?? 0) > context.now)
    .filter(({ subject }) => freezeOver(change.state, subject) === null)
    .reduce((before, approval) => addEffect(before, { kind: "deliver-grant", approval }), change);
}

/** The shard confirmed that it holds the grant. */
export function markGrantDelivered(change: DeskChange, context: DeskContext, approvalId: string): DeskChange {
  const approval = change.state.approvals.get(approvalId);
  if (approval === undefined || approval.grantId === null || approval.isGrantDelivered) return change;
  const handedOver: Approval = { ...approval, isGrantDelivered: true, handedOverAt: context.now };
  return addAudit(putApproval(change, handedOver), context, {
    actor: BY_DESK,
    act: "grant-delivered",
    refs: refsOfApproval(approval),
    why: `Its shard holds grant ${approval.grantId}.`,
  });
}

/** Takes the host's word about an execution. */
export function recordOutcome(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "outcome" }>,
): DeskChange {
  const { outcome, subject } = signal;
  const approval = approvalsOn(change.state, subject.hostId).find((candidate) =>
    isOutcomeOf({ outcome, subject }, candidate),
  );
  const audited = addAudit(change, context, {
    actor: byHost(subject.hostId),
    act: `outcome-${outcome.status}`,
    refs: approval === undefined ? [{ kind: "subject", subject }] : refsOfApproval(approval),
    why: [outcome.refusal, outcome.detail].filter(Boolean).join(": ") || outcome.status,
  });
  if (approval === undefined || approval.outcome !== null || outcome.refusal === "nonce-used") return audited;
  if (approval.state !== "approved" && approval.state !== "failed") return audited;
  const { endedAt: _notYet, ...unended } = approval;
  // Of what is lost nobody knows whether it ran.
  const isRun = outcome.status !== "refused" && outcome.status !== "lost";
  const ran = isRun ? { ranAt: signal.happenedAt } : {};
  const known: Approval = { ...unended, ...ran, outcome, isGrantDelivered: true };
  // A newer proposal has taken its place: the word is kept, and decides nothing any more.
  if (newestOf(change.state, approval)?.approvalId !== approval.approvalId)
    return putApproval(audited, known);
  if (outcome.status === "succeeded") {
    const text = "It ran. Now health must hold before it counts.";
    const executing = putApproval(audited, { ...known, state: "executing", end: null });
    return addTimeline(executing, approval.incidentId, { at: context.now, by: byHost(subject.hostId), text });
  }
  const { refusal, status } = outcome;
  const ended = endRefusedStanding(audited, context, { approval: known, refusal });
  return failApproval(ended, context, { approval: known, end: { reason: "outcome", status, refusal } });
}

/** A yes in advance that its host takes no more covers nothing here either: else each next act of it would be refused there too. */
function endRefusedStanding(
  change: DeskChange,
  context: DeskContext,
  { approval, refusal }: { readonly approval: Approval; readonly refusal: Outcome["refusal"] },
): DeskChange {
  const isOfIt =
    refusal === "standing-used-up" || refusal === "standing-over" || refusal === "standing-mismatch";
  const standing = isOfIt ? change.state.standing.get(approval.standingId ?? "") : undefined;
  if (standing === undefined) return change;
  const by = byHost(approval.subject.hostId);
  return dropStanding(change, context, { standing, by, act: "standing-refused-by-host" });
}

/** Takes the shard's word whether health held; the incident is resolved by the caller when it did. */
export function recordVerification(
  change: DeskChange,
  context: DeskContext,
  signal: Extract<Signal, { kind: "verification" }>,
): DeskChange {
  const approval = approvalsAbout(change.state, signal.subject).find(
    ({ grantId }) => grantId === signal.grantId,
  );
  if (approval === undefined || (approval.state !== "executing" && approval.state !== "approved"))
    return addAudit(change, context, {
      actor: byHost(signal.subject.hostId),
      act: "verification-unmatched",
      refs:
        approval === undefined ? [{ kind: "subject", subject: signal.subject }] : refsOfApproval(approval),
      why: `${signal.result} for grant ${signal.grantId}`,
    });
  const well = signal.wellAt === undefined ? {} : { wellAt: signal.wellAt };
  if (signal.result === "ineffective") {
    const failed: Approval = { ...approval, ...well, state: "failed", end: { reason: "ineffective" } };
    const ended = endApproval(change, context, { approval: failed });
    return tellResult(restartHealth(ended, context, approval), context, failed);
  }
  return endApproval(change, context, { approval: { ...approval, ...well, state: "verified" } });
}

/** Ends approvals from which no word came in time. */
export function endOverdueApprovals(change: DeskChange, context: DeskContext): DeskChange {
  return underWay
    .dueAt(change.state.approvals, context.policy, context.now)
    .reduce(
      (before, approval) =>
        failApproval(before, context, { approval, end: { reason: overdueReasonOf(approval) } }),
      change,
    );
}

/** Ends an approval whose grant is void without a word, because the host has proposed anew; true words may still come. */
export function endUnheard(change: DeskChange, context: DeskContext, approval: Approval): DeskChange {
  return endApproval(change, context, {
    approval: { ...approval, state: "failed", end: { reason: "no-outcome" } },
  });
}

/** Ends an approval that is under way on a host that was retired: no word about it will come, and nobody is paged for that. */
export function endRetired(
  change: DeskChange,
  context: DeskContext,
  { approval, by }: { readonly approval: Approval; readonly by: Actor },
): DeskChange {
  return endApproval(change, context, {
    approval: { ...approval, state: "failed", end: { reason: "host-retired", by } },
    text: `"${approval.proposal.action}" will not be heard of: the host was retired.`,
  });
}

/** When the next thing is due about approvals that are under way: one fails by silence, or a grant is handed over again. */
export function underWayDueAt({ approvals }: DeskState, { now, policy }: DeskContext): number | null {
  const dueAt = [
    underWay.earliestAt(approvals, policy),
    ...undelivered(approvals, UNDELIVERED).map((approval) => redeliveryAt(approval, now)),
  ].filter((at) => at !== null);
  return dueAt.length === 0 ? null : Math.min(...dueAt);
}

/** When an approval that is under way fails by silence; null when it is not under way. */
function overdueAt(approval: Approval, policy: Policy): number | null {
  if (approval.grantExpiresAt === null) return null;
  if (isGrantUndelivered(approval)) return approval.grantExpiresAt;
  if (approval.state === "approved") return approval.grantExpiresAt + outcomeGraceOf(approval);
  if (approval.state === "executing")
    return (
      approval.grantExpiresAt + VERIFICATION_GRACE_MS + approval.settleMs + 2 * policy.verify.stabilityMs
    );
  return null;
}

/**
 * The host waits for a start that it began: where the unit has longer for one than systemd's own default, its word may come
 * later.
 */
function outcomeGraceOf({ proposal }: Approval): number {
  return OUTCOME_GRACE_MS + Math.max(0, startWaitOf(proposal.unitState) - START_TIMEOUT_DEFAULT_MS);
}

/** When a grant is handed to its shard again; null when it is confirmed or void. */
function redeliveryAt(approval: Approval, now: number): number | null {
  if (!isGrantUndelivered(approval) || approval.decidedAt === null) return null;
  const passed = Math.max(0, Math.floor((now - approval.decidedAt) / GRANT_REDELIVERY_MS));
  return approval.decidedAt + (passed + 1) * GRANT_REDELIVERY_MS;
}

/** Health that was seen before did not hold: what ends the finding is counted from now. */
function restartHealth(
  change: DeskChange,
  context: DeskContext,
  { findingId, subject }: Approval,
): DeskChange {
  const finding = change.state.findings.get(findingId);
  if (finding === undefined || finding.clearedAt === null || isOver(finding)) return change;
  if (!isSameSubject(finding.subject, subject)) return change;
  return putFinding(change, { ...finding, clearedAt: context.now });
}

/** People are told that an approved act did not help, whoever has the incident: who answered, and who was rung. */
function tellResult(change: DeskChange, context: DeskContext, approval: Approval): DeskChange {
  const incident = change.state.incidents.get(approval.incidentId);
  if (incident === undefined || incident.state === "resolved" || incident.state === "merged") return change;
  const { decidedBy } = approval;
  // Nobody answers for what ran without a person.
  const isAnswered = decidedBy?.kind === "person" && isResponder(context.policy, decidedBy);
  const answerers = isAnswered
    ? [...new Set([...incident.answerers, decidedBy.responder])]
    : incident.answerers;
  return putIncident(change, { ...incident, answerers, resultAt: incident.resultAt ?? context.now });
}

/** The newest about the same service for the same finding, which may hold what people asked other hosts for too. */
function newestOf(state: DeskState, { findingId, subject }: Approval): Approval | undefined {
  return approvalsFor(state, findingId).findLast((other) => isSameSubject(other.subject, subject));
}

// What was recalled is not handed over again; whether it had arrived, only the shard knows.
function isGrantUndelivered(approval: Approval): boolean {
  return approval.state === "approved" && !approval.isGrantDelivered && approval.recalledBy === undefined;
}

function overdueReasonOf(approval: Approval): "verification-missing" | "grant-undelivered" | "no-outcome" {
  if (approval.state === "executing") return "verification-missing";
  return isGrantUndelivered(approval) ? "grant-undelivered" : "no-outcome";
}

/** Whether an outcome is this approval's. That of a malformed grant names only the nonce, or nothing; one that names another act or host is not. */
function isOutcomeOf(
  { outcome, subject }: { readonly outcome: Outcome; readonly subject: HostedSubject },
  approval: Approval,
): boolean {
  const { proposal } = approval;
  if (approval.grantId === null || subject.hostId !== approval.subject.hostId) return false;
  if (outcome.service !== null && outcome.service !== proposal.service) return false;
  if (outcome.action !== null && outcome.action !== proposal.action) return false;
  if (outcome.grantId !== null) return outcome.grantId === approval.grantId;
  return outcome.nonce !== null && outcome.nonce === proposal.nonce;
}

/** Ends an approval as failed and tells who approved it, and who was paged; `text` stands in for the end's own words. */
export function failApproval(
  change: DeskChange,
  context: DeskContext,
  failure: {
    readonly approval: Approval;
    readonly end: Failure;
    readonly text?: string;
  },
): DeskChange {
  const { end } = failure;
  const approval: Approval = { ...failure.approval, state: "failed", end };
  return tellResult(endApproval(change, context, { approval, text: failure.text }), context, approval);
}

function endApproval(
  change: DeskChange,
  context: DeskContext,
  end: { readonly approval: Approval; readonly text?: string | undefined },
): DeskChange {
  const approval: Approval = { ...end.approval, endedAt: context.now };
  const text = end.text ?? endTextOf(approval);
  const audited = addAudit(putApproval(change, approval), context, {
    actor: BY_DESK,
    act: `approval-${approval.state}`,
    refs: refsOfApproval(approval),
    why: text,
  });
  return addTimeline(audited, approval.incidentId, { at: context.now, by: BY_DESK, text });
}

function endTextOf({ end, proposal }: Approval): string {
  return end === null
    ? "It stayed well for as long as it must."
    : `"${proposal.action}" did not help: ${endWords(end)}.`;
}
