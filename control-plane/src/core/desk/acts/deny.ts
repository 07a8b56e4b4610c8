// A person says no, to the question and so to whichever proposal it stands at now, with a reason if they like, for as long as the finding goes on. A no mends nothing: the incident rings again after a while. Pure.
import { ok } from "@countersign/shared/values/result";
import { answeredNow, recordDecision, refsOfAnswered } from "../approvals/answers.ts";
import { holdRepeats } from "../paging/answered.ts";
import type { DeskAct } from "./desk-act.ts";

export interface Deny {
  readonly kind: "deny";
  readonly approvalId: string;
  /** absent: none was given */
  readonly why?: string;
}

export const deny: DeskAct<Deny> = {
  kind: "deny",
  who: "person",
  needs: "answer",
  refused: "denial-refused",
  about: refsOfAnswered,
  decide(change, context, { act, by }) {
    const found = answeredNow(change.state, act.approvalId, context.now);
    if (!found.ok) return found;
    const why = act.why?.trim() ?? "";
    const decision = { state: "denied", decidedAt: context.now, decidedBy: by } as const;
    const denied = { ...found.value, ...decision, ...(why === "" ? {} : { decidedWhy: why }) };
    const text = `Denied: ${denied.proposal.argv.join(" ")}${why === "" ? "" : ` (${why})`}`;
    const decided = recordDecision(change, context, { approval: denied, act: "approval-denied", text });
    return ok(holdRepeats(decided, context, denied.incidentId));
  },
};
