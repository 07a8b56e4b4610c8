// What a policy's roles leave to nobody: to approve, to administer, to answer what a step pages. Pure. What a reader would get wrong: such a policy is
// not refused, for it may be meant; it is told at the apply and on every view.
import type { Policy } from "../../../policy/policy.ts";
import { type Role, rolesOf } from "../../words/roles.ts";
import type { RouteWarning } from "./route-warning.ts";

/** Everything that its roles leave to nobody. */
export function judgeRoles(policy: Policy): readonly RouteWarning[] {
  const everybody = policy.responders.map(({ id }) => id);
  const isNobody = (among: readonly string[], role: Role) =>
    !among.some((responder) => rolesOf(policy, responder).includes(role));
  return [
    ...policy.escalation.steps.flatMap(({ notify }, index) =>
      isNobody(notify, "answer") ? [{ reason: "step-cannot-answer" as const, step: index + 1 }] : [],
    ),
    ...(isNobody(everybody, "approve") ? [{ reason: "no-approver" as const }] : []),
    ...(isNobody(everybody, "administer") ? [{ reason: "no-administrator" as const }] : []),
  ];
}
