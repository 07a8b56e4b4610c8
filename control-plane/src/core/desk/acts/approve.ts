// A person says yes to exactly what they saw: to the proposal that they name or, where that was renewed since, to the current one if it reads the
// same. Pure. This is not the last check: the desk signs what is granted here
// (platform/desk/grant-signing.ts), and the host compares it once more with what it knows itself.
import { ok } from "@countersign/shared/values/result";
import { answeredNow, grantApproval, noTo, refsOfAnswered } from "../approvals/answers.ts";
import { readOtherwise } from "../approvals/current.ts";
import { holdRepeats } from "../paging/answered.ts";
import type { Approval } from "../records/approval.ts";
import type { DeskState } from "../state/desk-state.ts";
import { freezeOver } from "../state/freeze-scope.ts";
import type { DeskAct } from "./desk-act.ts";

export interface Approve {
  readonly kind: "approve";
  readonly approvalId: string;
  /** of what the person saw; another one is refused */
  readonly proposalHash: string;
}

/** The grant's validity starts here, within the proposal's own lifetime. */
export const approve: DeskAct<Approve> = {
  kind: "approve",
  who: "person",
  refused: "approval-refused",
  about: refsOfAnswered,
  decide(change, context, { act, by }) {
    const found = answeredNow(change.state, act.approvalId, context.now);
    if (!found.ok) return found;
    const approval = found.value;
    if (freezeOver(change.state, approval.subject) !== null) return noTo(approval, "automation-frozen");
    if (!wasRead(change.state, act, approval)) return noTo(approval, "proposal-changed");
    const text = `Approved: ${approval.proposal.argv.join(" ")}`;
    const granted = grantApproval(change, context, { approval, by, act: "approval-approved", text });
    return ok(holdRepeats(granted, context, approval.incidentId));
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
