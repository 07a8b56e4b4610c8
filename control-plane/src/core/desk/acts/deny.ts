// A person says no. The incident goes on escalating: a no does not mend anything. Pure.
import { ok } from "@countersign/shared/values/result";
import { answerable, recordDecision, refsOfAnswered } from "../approvals/answers.ts";
import type { DeskAct } from "./desk-act.ts";

export interface Deny {
  readonly kind: "deny";
  readonly approvalId: string;
}

export const deny: DeskAct<Deny> = {
  kind: "deny",
  who: "person",
  refused: "denial-refused",
  about: refsOfAnswered,
  decide(change, context, { act, by }) {
    const found = answerable(change.state, act.approvalId, context.now);
    if (!found.ok) return found;
    const denied = { ...found.value, state: "denied", decidedAt: context.now, decidedBy: by } as const;
    const text = `Denied: ${denied.proposal.argv.join(" ")}`;
    return ok(recordDecision(change, context, { approval: denied, act: "approval-denied", text }));
  },
};
