// What a person of the policy may do at the desk. Pure. What a reader would get wrong: a role opens nothing on a host. Who may approve there say the
// host's own trust and the passkeys in it; here a role can only take away.
import type { Policy } from "../../policy/policy.ts";

/**
 * `look`: open views, and say that one's own pages came · `answer`: take, deny, note, silence, freeze, ask · `approve`: say yes, also in advance, lift
 * a freeze, and sign who may approve · `administer`: rules, hosts, who is invited.
 */
export const ROLES = ["look", "answer", "approve", "administer"] as const;
export type Role = (typeof ROLES)[number];

/** A person's roles, by the policy; who is not in it has none. `look` belongs to everybody, and who may approve may answer. */
export function rolesOf({ responders }: Pick<Policy, "responders">, responder: string): readonly Role[] {
  const person = responders.find(({ id }) => id === responder);
  if (person === undefined) return [];
  const said: ReadonlySet<Role> = new Set(person.roles);
  return ROLES.filter(
    (role) => role === "look" || said.has(role) || (role === "answer" && said.has("approve")),
  );
}
