// A person says yes to exactly what they saw. Pure. This is not the last check: the desk signs what is granted here
// (platform/desk/grant-signing.ts), and the host compares it once more with what it knows itself.
import { ok } from "@countersign/shared/values/result";
import { answerable, grantApproval, noTo, refsOfAnswered } from "../approvals/answers.ts";
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
    const found = answerable(change.state, act.approvalId, context.now);
    if (!found.ok) return found;
    const approval = found.value;
    if (freezeOver(change.state, approval.subject) !== null) return noTo(approval, "automation-frozen");
    if (act.proposalHash !== approval.proposalHash) return noTo(approval, "proposal-changed");
    const text = `Approved: ${approval.proposal.argv.join(" ")}`;
    return ok(grantApproval(change, context, { approval, by, act: "approval-approved", text }));
  },
};
