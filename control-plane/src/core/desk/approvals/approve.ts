// Where a yes becomes a grant, and a no is recorded. A yes in advance, and what the policy lets run unattended, come here too
// (standing.ts). Pure. What a reader would get wrong: an approval that is due counts as expired even if the alarm has not rung yet; and
// this is not the last check. The desk signs what is granted here (platform/desk/grant-signing.ts), and the host compares it once more with
// what it knows itself.
import { ok, refuse } from "@countersign/shared/values/result";
import { type Actor, BY_DESK, byPerson } from "../../words/actor.ts";
import type { AuditRef } from "../state/audit-ref.ts";
import { type AuditRefs, refsOfApproval } from "../state/audit-refs.ts";
import { type AnsweredChange } from "../state/desk-change.ts";
import { addAudit, addEffect, addTimeline, type DeskChange, putApproval } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext } from "../state/desk-events.ts";
import type { Approval } from "../state/desk-state.ts";
import { freezeOver } from "../state/freeze-scope.ts";

/** A person says yes to exactly what they saw. The grant's validity starts here, within the proposal's own lifetime. */
export function approve(
  change: DeskChange,
  context: DeskContext,
  act: { readonly approvalId: string; readonly by: string; readonly proposalHash: string },
): AnsweredChange {
  const approval = change.state.approvals.get(act.approvalId);
  const refusal = refusalOf(approval, context.now);
  if (approval === undefined || refusal !== null)
    return refuseAct(change, context, {
      ...act,
      act: "approval-refused",
      reason: refusal ?? "approval-unknown",
    });
  if (freezeOver(change.state, approval.subject) !== null)
    return refuseAct(change, context, { ...act, act: "approval-refused", reason: "automation-frozen" });
  if (act.proposalHash !== approval.proposalHash)
    return refuseAct(change, context, { ...act, act: "approval-refused", reason: "proposal-changed" });
  const text = `Approved: ${approval.proposal.argv.join(" ")}`;
  return {
    change: grantApproval(change, context, {
      approval,
      by: byPerson(act.by),
      act: "approval-approved",
      text,
    }),
    answer: ok(null),
  };
}

/** Issues the grant of an undecided approval. Whether that is allowed has been decided: only by `approve` and core/desk/approvals/standing.ts. */
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

/** A person says no. The incident goes on escalating: a no does not mend anything. */
export function deny(
  change: DeskChange,
  context: DeskContext,
  act: { readonly approvalId: string; readonly by: string },
): AnsweredChange {
  const approval = change.state.approvals.get(act.approvalId);
  const refusal = refusalOf(approval, context.now);
  if (approval === undefined || refusal !== null)
    return refuseAct(change, context, {
      ...act,
      act: "denial-refused",
      reason: refusal ?? "approval-unknown",
    });
  const denied: Approval = {
    ...approval,
    state: "denied",
    decidedAt: context.now,
    decidedBy: byPerson(act.by),
  };
  const text = `Denied: ${approval.proposal.argv.join(" ")}`;
  return {
    change: recordDecision(change, context, { approval: denied, act: "approval-denied", text }),
    answer: ok(null),
  };
}

function refusalOf(approval: Approval | undefined, now: number): ActRefusal["reason"] | null {
  if (approval === undefined) return "approval-unknown";
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

function refuseAct(
  change: DeskChange,
  context: DeskContext,
  refused: {
    readonly approvalId: string;
    readonly by: string;
    readonly act: string;
    readonly reason: ActRefusal["reason"];
  },
): AnsweredChange {
  const { approvalId, by, act, reason } = refused;
  const approval = change.state.approvals.get(approvalId);
  const refs: AuditRefs =
    approval === undefined ? [{ kind: "approval", approvalId }] : refsOfApproval(approval);
  const why = approval === undefined ? reason : `${reason} (it is ${approval.state})`;
  const audited = addAudit(change, context, { actor: byPerson(by), act, refs, why });
  return { change: audited, answer: refuse({ reason }) };
}

function recordDecision(
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
