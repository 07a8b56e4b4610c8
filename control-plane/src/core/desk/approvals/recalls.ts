// Grants that were given before automation was frozen, as the desk sees them: recalled at once, ended when the shard says that they never
// reached their host. Pure.
// What a reader would get wrong: a recalled approval has not failed yet. Its grant may have reached the host, and then the host's word
// decides, or its silence; only the shard knows what it has put on the wire.
import { type Actor, actorNameOf, BY_DESK } from "../../words/actor.ts";
import type { RecalledGrant } from "../../words/recalled-grant.ts";
import type { Signal } from "../../words/signal.ts";
import type { Approval } from "../records/approval.ts";
import { refsOfApproval } from "../state/audit-refs.ts";
import { addAudit, addEffect, addTimeline, type DeskChange, putApproval } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import { approvalsAbout } from "../state/desk-index.ts";
import { failApproval } from "./approval-outcomes.ts";

/** Recalls the grants of those approvals that may be on their way still. */
export function recallApproved(
  change: DeskChange,
  context: DeskContext,
  pulled: { readonly approvals: readonly Approval[]; readonly by: Actor },
): DeskChange {
  const { by } = pulled;
  const recalled = pulled.approvals.flatMap((approval) => {
    const grant = grantOnItsWay(approval, context.now);
    return grant === null ? [] : [{ approval, grant }];
  });
  if (recalled.length === 0) return change;
  const told = recalled.reduce(
    (before, { approval }) => recallOne(before, context, { approval, by }),
    change,
  );
  return addEffect(told, { kind: "freeze-pulled", by, grants: recalled.map(({ grant }) => grant) });
}

/** Takes the shard's word that a grant was recalled in time. */
export function recordRecall(
  change: DeskChange,
  context: DeskContext,
  { by, grantId, subject }: Extract<Signal, { kind: "grant-recalled" }>,
): DeskChange {
  const approval = approvalsAbout(change.state, subject).find((candidate) => candidate.grantId === grantId);
  if (approval?.state !== "approved") return change;
  const text = `"${approval.proposal.action}" was not run: automation was frozen by ${actorNameOf(by)} before it ran.`;
  return failApproval(change, context, { approval, end: { reason: "recalled", by }, text });
}

/** Recalls once more what was recalled before: the word to a shard may be lost, and a shard knows a grant that it has heard of. */
export function recallAnew(change: DeskChange, { now }: DeskContext): DeskChange {
  const recalled = change.state.approvals.values().filter(({ recalledBy }) => recalledBy !== undefined);
  const grants = recalled.flatMap((approval) => validGrant(approval, now) ?? []);
  const [first] = recalled;
  if (first?.recalledBy === undefined || grants.length === 0) return change;
  return addEffect(change, { kind: "freeze-pulled", by: first.recalledBy, grants });
}

function grantOnItsWay(approval: Approval, now: number): RecalledGrant | null {
  return approval.recalledBy === undefined ? validGrant(approval, now) : null;
}

function validGrant(approval: Approval, now: number): RecalledGrant | null {
  const { grantExpiresAt, grantId, proposal, state, subject } = approval;
  if (state !== "approved") return null;
  if (grantId === null || grantExpiresAt === null || grantExpiresAt <= now) return null;
  return { grantId, hostId: subject.hostId, service: proposal.service, expiresAt: grantExpiresAt };
}

function recallOne(
  change: DeskChange,
  context: DeskContext,
  { approval, by }: { readonly approval: Approval; readonly by: Actor },
): DeskChange {
  const text = `Automation was frozen by ${actorNameOf(by)}: the approved "${approval.proposal.action}" is recalled. If the host has it already, it runs.`;
  const audited = addAudit(putApproval(change, { ...approval, recalledBy: by }), context, {
    actor: by,
    act: "grant-recalled",
    refs: refsOfApproval(approval),
    why: text,
  });
  return addTimeline(audited, approval.incidentId, { at: context.now, by: BY_DESK, text });
}
