// Which policy holds for a host, for one of its services and for a signal: the fleet's with the overrides that match. Pure.
// A rule never asks by itself: its scene brings the policy of its subject.
import { isShadowed, policyFor } from "../../../policy/policy-for.ts";
import type { Policy } from "../../../policy/policy.ts";
import type { PageReason } from "../../words/signal.ts";
import { serviceOf, type Subject } from "../../words/subject.ts";
import type { HostState } from "./shard-state.ts";

/** The policy of a host, or of one of its services; the same object for the same overrides. */
export function policyOf(policy: Policy, host: HostState, service: string | null = null): Policy {
  if (policy.overrides.length === 0) return policy;
  return policyFor(policy, { hostName: host.name, tags: host.tags ?? [], service });
}

/** The mark of a firing signal whose rule only records; undefined: it is in earnest. `host` undefined: the signal is the fleet's */
export function shadowOf(
  policy: Policy,
  host: HostState | undefined,
  fired: { readonly subject: Subject; readonly reason: PageReason },
): { readonly tags: readonly string[] } | undefined {
  const { subject, reason } = fired;
  const own = host === undefined ? policy : policyOf(policy, host, serviceOf(subject));
  return isShadowed(own, reason) ? { tags: host?.tags ?? [] } : undefined;
}
