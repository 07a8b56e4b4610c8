// A person says no, with a reason if they like. The incident goes on escalating: a no does not mend anything. Pure.
import { ok } from "@countersign/shared/values/result";
import { answerable, recordDecision, refsOfAnswered } from "../approvals/answers.ts";
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
  refused: "denial-refused",
  about: refsOfAnswered,
  decide(change, context, { act, by }) {
    const found = answerable(change.state, act.approvalId, context.now);
    if (!found.ok) return found;
    const why = act.why?.trim() ?? "";
    const decision = { state: "denied", decidedAt: context.now, decidedBy: by } as const;
    const denied = { ...found.value, ...decision, ...(why === "" ? {} : { decidedWhy: why }) };
    const text = `Denied: ${denied.proposal.argv.join(" ")}${why === "" ? "" : ` (${why})`}`;
    return ok(recordDecision(change, context, { approval: denied, act: "approval-denied", text }));
  },
};
