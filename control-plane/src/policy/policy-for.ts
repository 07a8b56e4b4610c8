// The policy as it holds for one host or one of its services: the fleet's, with the overrides that match laid over it in their order.
// Pure. The same overrides give the same object, so that rules may compare policies by identity; without overrides it is the
// policy itself. The result still carries the overrides: the policy of a service may be asked of that of its host.
import type { Match, PolicyOverride } from "./policy-override.ts";
import type { Policy } from "./policy.ts";

/** Whom a policy is asked for. `service` null: the host itself. */
export interface PolicySubject {
  readonly hostName: string;
  readonly tags: readonly string[];
  readonly service: string | null;
}

// By policy, then by the numbers of the overrides that match; policies are values that are never changed.
const resolved = new WeakMap<Policy, Map<string, Policy>>();

/** The policy of one subject. */
export function policyFor(policy: Policy, subject: PolicySubject): Policy {
  if (policy.overrides.length === 0) return policy;
  const matching = policy.overrides.filter(({ match }) => isMatch(match, subject));
  if (matching.length === 0) return policy;
  const known = resolved.get(policy) ?? new Map<string, Policy>();
  resolved.set(policy, known);
  const key = matching.map((override) => policy.overrides.indexOf(override)).join(",");
  const before = known.get(key);
  if (before !== undefined) return before;
  const after = matching.reduce(layOver, policy);
  known.set(key, after);
  return after;
}

/** The rule decides and is recorded, and pages nobody. */
export function isShadowed(policy: Policy, reason: keyof Policy["rules"]): boolean {
  return policy.shadow || policy.rules[reason].shadow;
}

/** Says whether a name matches a pattern in which each `*` stands for any text; in time of name × pattern at most. */
export function isNameMatch(pattern: string, name: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return pattern === name;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  const end = name.length - tail.length;
  let at = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

function isMatch({ hosts, tags, services }: Match, subject: PolicySubject): boolean {
  if (hosts !== undefined && !hosts.some((pattern) => isNameMatch(pattern, subject.hostName))) return false;
  if (tags !== undefined && !tags.some((tag) => subject.tags.includes(tag))) return false;
  if (services === undefined) return true;
  const { service } = subject;
  return service !== null && services.some((pattern) => isNameMatch(pattern, service));
}

function layOver(policy: Policy, override: PolicyOverride): Policy {
  const { shadow, rules, checkFailing, restartBudget, verify, remediations } = override;
  return {
    ...policy,
    shadow: shadow ?? policy.shadow,
    rules: rules === undefined ? policy.rules : layRules(policy.rules, rules),
    checkFailing: { ...policy.checkFailing, ...checkFailing },
    restartBudget: { ...policy.restartBudget, ...restartBudget },
    verify: { ...policy.verify, ...verify },
    remediations: remediations ?? policy.remediations,
  };
}

function layRules(rules: Policy["rules"], changes: NonNullable<PolicyOverride["rules"]>): Policy["rules"] {
  const changed = Object.entries(changes).map(([reason, change]) => [
    reason,
    { ...rules[reason as keyof Policy["rules"]], ...change },
  ]);
  return { ...rules, ...(Object.fromEntries(changed) as Policy["rules"]) };
}
