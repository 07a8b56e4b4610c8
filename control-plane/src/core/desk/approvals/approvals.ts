// The life of an approval until somebody decides: requested → delivered → seen → approved | denied | expired | superseded. A person's yes
// and no are in core/desk/acts, what comes after a yes in approval-outcomes.ts. Pure. What a reader would get wrong: `expired` is nobody's
// decision and is never recorded as `denied`.
import { dueBy } from "@countersign/shared/values/records-index";
import { BY_DESK, type Actor } from "../../words/actor.ts";
import type { Subject } from "../../words/subject.ts";
import { endWords, type Lapse } from "../records/approval-end.ts";
import type { Approval } from "../records/approval.ts";
import { refsOfApproval } from "../state/audit-refs.ts";
import { addAudit, addTimeline, type DeskChange, isUndecided, putApproval } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsAbout } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";
import { voidText } from "./signatures.ts";

const undecided = dueBy<Approval, null>((approval) => (isUndecided(approval) ? approval.expiresAt : null));

/** A page with the approval's link reached somebody. */
export function markApprovalDelivered(
  change: DeskChange,
  context: DeskContext,
  approvalId: string,
): DeskChange {
  const approval = change.state.approvals.get(approvalId);
  if (approval === undefined || approval.deliveredAt !== null) return change;
  const state = approval.state === "requested" ? "delivered" : approval.state;
  return putApproval(change, { ...approval, state, deliveredAt: context.now });
}

/** A person opened the approval's view. Opening decides nothing. */
export function markApprovalSeen(
  change: DeskChange,
  context: DeskContext,
  seen: { readonly approvalId: string; readonly by: Actor },
): DeskChange {
  const approval = change.state.approvals.get(seen.approvalId);
  if (approval === undefined || !isUndecided(approval) || approval.seenAt !== null) return change;
  const put = putApproval(change, { ...approval, state: "seen", seenAt: context.now });
  const audited = addAudit(put, context, {
    actor: seen.by,
    act: "approval-seen",
    refs: refsOfApproval(approval),
    why: "The person opened the approval.",
  });
  return addTimeline(audited, approval.incidentId, {
    at: context.now,
    by: seen.by,
    text: "Opened the approval.",
  });
}

/** When the next approval ends that nobody decides; null: none waits for anybody. */
export function expiryAt({ approvals }: DeskState): number | null {
  return undecided.earliestAt(approvals, null);
}

/** Ends every approval that nobody decided in time. */
export function expireApprovals(change: DeskChange, context: DeskContext): DeskChange {
  return undecided
    .dueAt(change.state.approvals, null, context.now)
    .reduce((before, approval) => expireApproval(before, context, approval), change);
}

/** Ends one approval that nobody decided in time: nobody said no. */
export function expireApproval(change: DeskChange, context: DeskContext, approval: Approval): DeskChange {
  const text = `Nobody decided about "${approval.proposal.action}" in time; it expired.${voidText(approval)}`;
  return endUndecided(change, context, { approval: { ...approval, state: "expired" }, text });
}

/** Ends an undecided approval whose ground is gone; a decided one stays as it is, for the host checks the ground itself. */
export function supersedeApproval(
  change: DeskChange,
  context: DeskContext,
  { approval, end }: { readonly approval: Approval; readonly end: Lapse },
): DeskChange {
  if (!isUndecided(approval)) return change;
  const text = `The approval lapsed: ${endWords(end)}.${voidText(approval)}`;
  return endUndecided(change, context, { approval: { ...approval, state: "superseded", end }, text });
}

/** Supersedes whatever is undecided about a subject. */
export function supersedeSubject(
  change: DeskChange,
  context: DeskContext,
  lapsed: { readonly subject: Subject; readonly end: Lapse },
): DeskChange {
  const { end, subject } = lapsed;
  return approvalsAbout(change.state, subject).reduce(
    (before, approval) => supersedeApproval(before, context, { approval, end }),
    change,
  );
}

function endUndecided(
  change: DeskChange,
  context: DeskContext,
  end: { readonly approval: Approval; readonly text: string },
): DeskChange {
  const { text } = end;
  const approval: Approval = { ...end.approval, endedAt: context.now };
  const audited = addAudit(putApproval(change, approval), context, {
    actor: BY_DESK,
    act: `approval-${approval.state}`,
    refs: refsOfApproval(approval),
    why: text,
  });
  return addTimeline(audited, approval.incidentId, { at: context.now, by: BY_DESK, text });
}
