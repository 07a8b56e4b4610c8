// Rule `automation-frozen`: somebody or something pulled the brake, and nothing is proposed or run there until a person lifts it.
// Told once, quietly, and not to who pulled it; a brake that a rule pulled is told by that rule's own finding (core/desk/paging/sending.ts). Pure.
import { actorNameOf } from "../words/actor.ts";
import { nameOf } from "../words/subject.ts";
import type { DeskRule } from "./desk-rule.ts";

export const automationFrozen: DeskRule = {
  reason: "automation-frozen",
  judge: ({ freezes }) =>
    freezes.values().map(({ at, by, scope, why }) => ({
      subject: scope,
      severity: "warning",
      title: `Automation on ${nameOf(scope)} is frozen by ${actorNameOf(by)}`,
      happenedAt: at,
      evidence: [{ at, text: why }],
    })),
  dueAt: () => null,
  endsBecause: "A person lifted the freeze.",
};
