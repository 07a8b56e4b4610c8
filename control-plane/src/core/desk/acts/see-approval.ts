// A person opened an approval on a device of theirs: whoever waits is shown that it was seen, and so were their own pages
// about it. Pure. One that is unknown, or answered, is as before: nothing was asked.
import { ok } from "@countersign/shared/values/result";
import { refsOfAnswered } from "../approvals/answers.ts";
import { markApprovalSeen } from "../approvals/approvals.ts";
import { markPagesSeen } from "../outbox/receipts.ts";
import type { DeskAct } from "./desk-act.ts";

export interface SeeApproval {
  readonly kind: "see-approval";
  readonly approvalId: string;
}

export const seeApproval: DeskAct<SeeApproval> = {
  kind: "see-approval",
  who: "person",
  needs: "look",
  refused: "seeing-refused",
  about: refsOfAnswered,
  decide(change, context, { act: { approvalId }, by }) {
    const marked = markApprovalSeen(change, context, { approvalId, by });
    const incidentId = marked.state.approvals.get(approvalId)?.incidentId;
    if (incidentId === undefined) return ok(marked);
    return ok(markPagesSeen(marked, context, { incidentId, by, isOnRecord: marked !== change }));
  },
};
