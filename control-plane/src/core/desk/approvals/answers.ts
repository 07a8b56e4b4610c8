// Where a yes becomes a grant, and which approvals can still be answered. A person's yes and no (core/desk/acts), a yes in advance, and what
// the policy lets run unattended (standing.ts) come here. Pure. What a reader would get wrong: an approval that is due counts as expired
// even if the alarm has not rung yet; and this is not the last check. The desk signs what is granted here (platform/desk/grant-signing.ts),
// and the host compares it once more with what it knows itself.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { type Actor, BY_DESK } from "../../words/actor.ts";
import type { Approval } from "../records/approval.ts";
import type { AuditRef } from "../state/audit-ref.ts";
import { type AuditRefs, refsOfApproval } from "../state/audit-refs.ts";
import { addAudit, addEffect, addTimeline, type DeskChange, putApproval } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { successorOf } from "./current.ts";

/** Issues the grant of an undecided approval. Whether that is allowed has been decided: only by core/desk/acts/approve.ts and core/desk/approvals/standing.ts. */
export function grantApproval(
  change: DeskChange,
  context: DeskContext,
  yes: {
    readonly approval: Approval;
    readonly by: Actor;
    readonly act: string;
    readonly text: string;
    /** what its audit row names beside the approval; absent: nothing */
    readonly also?: readonly AuditRef[];
  },
): DeskChange {
  const { act, also, approval, by, text } = yes;
  const approved: Approval = {
    ...approval,
    state: "approved",
    decidedAt: context.now,
    decidedBy: by,
    grantId: context.newId("grt"),
    grantExpiresAt: Math.min(
      context.now + context.policy.approval.grantValidMs,
      approval.requestedAt + approval.proposal.lifetimeMs,
    ),
  };
  const recorded = recordDecision(change, context, { approval: approved, act, text, also });
  return addEffect(recorded, { kind: "deliver-grant", approval: approved });
}

/** The approval that an answer is for, while it can still be answered. */
export function answerable(
  { approvals }: DeskState,
  approvalId: string,
  now: number,
): Result<Approval, { readonly reason: ActRefusal["reason"]; readonly why?: string }> {
  const approval = approvals.get(approvalId);
  if (approval === undefined) return refuse({ reason: "approval-unknown" });
  const reason = refusalOf(approval, now);
  return reason === null ? ok(approval) : noTo(approval, reason);
}

/**
 * The approval that an answer is for now: the one that it names or, where that was renewed and nobody has decided it, the current one of its
 * question.
 */
export function answeredNow(
  state: DeskState,
  approvalId: string,
  now: number,
): ReturnType<typeof answerable> {
  const named = answerable(state, approvalId, now);
  if (named.ok) return named;
  const older = state.approvals.get(approvalId);
  const current = older === undefined ? null : successorOf(state, older);
  const found = current === null ? named : answerable(state, current.approvalId, now);
  return found.ok ? found : named;
}

/** A no to an answer; its audit row says how far the approval is. */
export function noTo(
  { state }: Approval,
  reason: ActRefusal["reason"],
): Result<never, { readonly reason: ActRefusal["reason"]; readonly why: string }> {
  return refuse({ reason, why: `${reason} (it is ${state})` });
}

/** What an answer is about, known or not. */
export function refsOfAnswered(
  { approvals }: DeskState,
  { approvalId }: { readonly approvalId: string },
): AuditRefs {
  const approval = approvals.get(approvalId);
  return approval === undefined ? [{ kind: "approval", approvalId }] : refsOfApproval(approval);
}

function refusalOf(approval: Approval, now: number): ActRefusal["reason"] | null {
  switch (approval.state) {
    case "requested":
    case "delivered":
    case "seen":
      return approval.expiresAt <= now ? "approval-expired" : null;
    case "expired":
      return "approval-expired";
    case "denied":
      return "approval-denied";
    case "superseded":
      return "approval-superseded";
    case "approved":
    case "executing":
    case "verified":
    case "failed":
      return "approval-used";
  }
}

/** Puts a decided approval on record. */
export function recordDecision(
  change: DeskChange,
  context: DeskContext,
  decision: {
    readonly approval: Approval;
    readonly act: string;
    readonly text: string;
    readonly also?: readonly AuditRef[] | undefined;
  },
): DeskChange {
  const { also = [], approval, act, text } = decision;
  const by = approval.decidedBy ?? BY_DESK;
  const audited = addAudit(putApproval(change, approval), context, {
    actor: by,
    act,
    refs: [...refsOfApproval(approval), ...also],
    why: `${text} (proposal ${approval.proposalHash})`,
  });
  return addTimeline(audited, approval.incidentId, { at: context.now, by, text });
}
