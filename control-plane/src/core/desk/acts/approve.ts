// A person says yes to exactly what they saw: to the proposal that they name or, where that was renewed since, to the current one if it reads the
// same. Where the host wants people's own signatures, the yes is one: over the current proposal's bytes, verified before this decides
// (platform/desk/signed-acts.ts). Pure. This is not the last check: the desk signs what is granted here (platform/desk/grant-signing.ts), and the
// host verifies every signature itself.
// What a reader would get wrong: one yes may not be enough. The approval then stays open with who has signed it, and others are still rung.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { Assertion } from "@countersign/shared/wire/assertion";
import type { Person } from "../../words/actor.ts";
import { answeredNow, grantApproval, noTo, refsOfAnswered } from "../approvals/answers.ts";
import { readOtherwise } from "../approvals/current.ts";
import { addSignature, signersText, withoutWithdrawn } from "../approvals/signatures.ts";
import { holdRepeats } from "../paging/answered.ts";
import type { Approval, PersonSignature } from "../records/approval.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { ActRefusal, DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import type { ActNo, DeskAct, Done } from "./desk-act.ts";

/** As a person sends it; what their passkey has signed stands beside it. */
export interface ApproveAsked {
  readonly kind: "approve";
  readonly approvalId: string;
  /** of what the person saw; another one is refused */
  readonly proposalHash: string;
  /** what the person typed as the service's name; absent: they were not asked to */
  readonly typed?: string;
}

/** As it is decided. */
export interface Approve extends ApproveAsked {
  /** verified, by the fleet's trust of now; absent: no passkey has signed */
  readonly signature?: ActSignature;
  /** why what a passkey has signed is not taken, for the person and for the audit; absent: it is, or none has signed */
  readonly refused?: { readonly reason: ActRefusal["reason"]; readonly why: string };
  /** passkeys that have signed it before, and are no approver's any more; absent: none is */
  readonly withdrawn?: readonly string[];
}

/** What a passkey has signed, and whose it is by the fleet's trust. */
export interface ActSignature {
  /** of the proposal that was signed */
  readonly proposalHash: string;
  readonly person: string;
  readonly credentialId: string;
  readonly credentialName: string;
  readonly isSynced: boolean;
  readonly assertion: Assertion;
}

/** The grant's validity starts here, within the proposal's own lifetime. */
export const approve: DeskAct<Approve, Person, ApproveAsked> = {
  kind: "approve",
  who: "person",
  needs: "approve",
  refused: "approval-refused",
  about: refsOfAnswered,
  decide(change, context, { act, by }) {
    const found = answeredNow(change.state, act.approvalId, context.now);
    if (!found.ok) return found;
    const approval = found.value;
    if (freezeOver(change.state, approval.subject) !== null) return noTo(approval, "automation-frozen");
    if (!wasRead(change.state, act, approval)) return noTo(approval, "proposal-changed");
    if (!wasTyped(act, approval)) return noTo(approval, "approval-name-untyped");
    if (approval.proposal.requires.people > 0) return sign(change, context, { act, by, approval });
    return ok(grant(change, context, { approval, by }));
  },
};

/** The hash is of what the person named, and what they named reads as the current one does. */
function wasRead(state: DeskState, { approvalId, proposalHash }: Approve, current: Approval): boolean {
  const named = state.approvals.get(approvalId);
  if (named === undefined || named.proposalHash !== proposalHash) return false;
  return (
    named.approvalId === current.approvalId || readOtherwise(named.proposal, current.proposal).length === 0
  );
}

/** A browser that asks for the name is no proof that somebody typed it. */
function wasTyped({ typed = "" }: Approve, { proposal }: Approval): boolean {
  return proposal.isProtected !== true || typed.trim() === proposal.service;
}

function sign(
  change: DeskChange,
  context: DeskContext,
  { act, approval: found, by }: Done<Approve> & { readonly approval: Approval },
): Result<DeskChange, ActNo> {
  const { refused, signature, withdrawn = [] } = act;
  if (refused !== undefined)
    return refuse({ reason: refused.reason, why: `${refused.reason}: ${refused.why}` });
  const approval = withoutWithdrawn(found, withdrawn, context.policy);
  const { signatures = [] } = approval;
  if (signature === undefined) return noTo(approval, "passkey-needed");
  const reason = refusalOf(approval, signature, by);
  if (reason !== null) return noTo(approval, reason);
  const { assertion, credentialId, credentialName, isSynced } = signature;
  const own: PersonSignature = {
    by,
    at: context.now,
    credentialId,
    credentialName,
    isSynced,
    assertion,
  };
  const signed: Approval = { ...approval, signatures: [...signatures, own] };
  const missing = approval.proposal.requires.people - (signatures.length + 1);
  return ok(
    missing > 0
      ? addSignature(change, context, { approval: signed, own, missing })
      : grant(change, context, { approval: signed, by }),
  );
}

function refusalOf(
  { proposal, proposalHash, signatures = [] }: Approval,
  signature: ActSignature,
  { responder }: Person,
): ActRefusal["reason"] | null {
  const { askedBy, requires } = proposal;
  if (signature.proposalHash !== proposalHash) return "proposal-changed";
  if (signature.person !== responder) return "passkey-not-yours";
  if (!requires.mayAskerSign && askedBy.kind === "person" && askedBy.person === responder)
    return "asker-cannot-sign";
  if (requires.credentials === "device-bound" && signature.isSynced) return "credential-synced";
  return signatures.some(({ by }) => by.responder === responder) ? "signed-already" : null;
}

function grant(
  change: DeskChange,
  context: DeskContext,
  { approval, by }: { readonly approval: Approval; readonly by: Person },
): DeskChange {
  const text = `Approved${signersText(approval)}: ${approval.proposal.argv.join(" ")}`;
  const granted = grantApproval(change, context, { approval, by, act: "approval-approved", text });
  return holdRepeats(granted, context, approval.incidentId);
}
