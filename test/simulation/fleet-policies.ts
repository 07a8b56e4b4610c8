// The policies that a simulated fleet lives under: the usual one, and those that an operator tries for a while. All of them page the same
// two people on the same two channels.
import { Policy } from "../../control-plane/src/policy/policy.ts";

/** What the ladder of a service may run without a person, where the policy says so; the last one takes back the one before it. */
export const UNATTENDED_ACTIONS: ReadonlySet<string> = new Set(["retry", "failover", "failback"]);

/** So that a run of some hours sees them fire, and end. */
const SOONER = {
  "fallback-overdue": { after: "10m" },
  "stale-code": { after: "10m" },
  "config-thrash": { takenBackWithin: "1h" },
};

function policyWith(changes: Record<string, unknown>): Policy {
  const unattended = { reason: "check-failing", unattended: true };
  return Policy.parse({
    version: 1,
    channels: { push: { kind: "terminal" }, sms: { kind: "terminal" } },
    responders: [
      { id: "alice", name: "Alice", channels: ["push", "sms"] },
      { id: "bob", name: "Bob", channels: ["sms", "push"] },
    ],
    escalation: {
      steps: [
        { notify: ["alice"], after: "0s" },
        { notify: ["bob"], after: "5m" },
      ],
    },
    restartBudget: { restartsMax: 5 },
    rules: SOONER,
    remediations: [
      { ...unattended, action: "retry" },
      { ...unattended, action: "failover" },
      { reason: "check-failing", action: "restart" },
      { reason: "check-failing", action: "config-fallback" },
    ],
    ...changes,
  });
}

/** What holds unless somebody applies another one. */
export const USUAL_POLICY = policyWith({});

/** What people apply for a while: all in shadow, one rule in shadow, a tighter budget, nothing without a person. */
export const OTHER_POLICIES = [
  policyWith({ shadow: true }),
  policyWith({ rules: { ...SOONER, "check-failing": { shadow: true } } }),
  policyWith({ restartBudget: { restartsMax: 2 }, verify: { stability: "5m" } }),
  policyWith({ remediations: [{ reason: "check-failing", action: "restart" }] }),
] as const;
