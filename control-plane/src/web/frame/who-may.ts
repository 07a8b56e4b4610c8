// Who may do what the reader of a view may not, by name. Asked for only then: most readers may, and a view that is opened at night asks for little.
import type { Context } from "hono";
import { type Role, rolesOf } from "../../core/words/roles.ts";
import { policyNow } from "../../http/policy-now.ts";
import type { Policy } from "../../policy/policy.ts";
import type { ViewBound } from "./people-bound.ts";

/** The people of a policy with a role, by name. */
export function peopleWith(role: Role, policy: Pick<Policy, "responders">): readonly string[] {
  return policy.responders.filter(({ id }) => rolesOf(policy, id).includes(role)).map(({ name }) => name);
}

/** null: the reader may; empty: nobody, or the policy cannot be read now. */
export async function whoMay(
  { env, var: { reads, visitor } }: Pick<Context<ViewBound>, "env" | "var">,
  role: Role,
): Promise<readonly string[] | null> {
  if (visitor.roles.includes(role)) return null;
  const policy = await policyNow(reads.desk, env.POLICY);
  return policy === null ? [] : peopleWith(role, policy);
}
