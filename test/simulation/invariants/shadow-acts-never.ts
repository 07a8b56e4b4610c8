// A rule that only records: it pages nobody, proposes nothing and opens nothing, on shard and desk alike. Each of them is held to the
// policy that it knows itself: a shard hears of an apply a moment after the desk.
import type { PageReason } from "../../../control-plane/src/core/words/signal.ts";
import { isSameSubject } from "../../../control-plane/src/core/words/subject.ts";
import type { Policy } from "../../../control-plane/src/policy/policy.ts";
import type { DeskDecisionSeen, ShardDecisionSeen } from "../world/observer.ts";
import type { Invariant } from "./invariant.ts";

export const shadowActsNever = (): Invariant => {
  /** requests for a proposal that were made in earnest: they may be sent again */
  const asked = new Set<string>();
  return {
    sentence: "A policy in shadow pages nobody and acts never",
    onShard: (decision) => complaintOfShard(decision, asked),
    onDesk: (decision, { policy }) => complaintOfDesk(decision, policy),
  };
};

function complaintOfShard({ effects, policy, shard }: ShardDecisionSeen, asked: Set<string>): string | null {
  for (const effect of effects) {
    if (effect.kind === "send" && effect.message.type === "propose") {
      const { action, requestId, service } = effect.message;
      if (!isShadowed(policy, "check-failing")) asked.add(requestId);
      else if (!asked.has(requestId)) return `${shard} asks for ${action} of ${service} in shadow`;
    }
    if (effect.kind !== "signal" || effect.signal.kind !== "firing") continue;
    const { reason, shadow, title } = effect.signal;
    if (isShadowed(policy, reason) && shadow === undefined) return `"${title}" fires in earnest`;
  }
  return null;
}

function complaintOfDesk({ after, before, events }: DeskDecisionSeen, policy: Policy): string | null {
  if (after.findings === before.findings) return null;
  for (const { findingId, reason, subject, title } of after.findings.values()) {
    if (before.findings.get(findingId) !== undefined || !isShadowed(policy, reason)) continue;
    const signals = events.flatMap((event) => (event.kind === "signals" ? event.signals : []));
    // A shard that did not know of the apply yet may have said so in earnest.
    const isSaidInEarnest = signals.some(
      (signal) =>
        signal.kind === "firing" &&
        signal.shadow === undefined &&
        signal.reason === reason &&
        isSameSubject(signal.subject, subject),
    );
    if (!isSaidInEarnest) return `the finding "${title}" (${reason}) begins`;
  }
  return null;
}

function isShadowed(policy: Policy, reason: PageReason): boolean {
  return policy.shadow || policy.rules[reason].shadow;
}
