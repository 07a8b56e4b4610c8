// Rule `control-plane-gap`: we ourselves saw nothing for at least `min`, and say so. Pure.
// It fires when the shard wakes and clears when the gap closes, so it resolves by itself. A gap that is no longer than the reconnect
// grace is a deploy of ours, which pages nobody whatever the policy says; every gap is stated in the history all the same.
import type { Policy } from "@countersign/shared/policy/policy";
import { formatDuration } from "@countersign/shared/values/duration";
import { clockOf } from "../../words/clock-text.ts";
import { signalEffect, type EffectDraft } from "../../words/effects.ts";
import type { Subject } from "../../words/subject.ts";

export interface Gap {
  readonly sinceAt: number;
  readonly endAt: number;
}

/** Fires for a gap that ends now, if it is long enough. */
export function fireGap(gap: Gap, subject: Subject, policy: Policy): readonly EffectDraft[] {
  if (!isLong(gap, policy)) return [];
  const { sinceAt, endAt } = gap;
  return [
    signalEffect({
      kind: "firing",
      happenedAt: sinceAt,
      subject,
      reason: "control-plane-gap",
      severity: "warning",
      title: `The control plane saw nothing for ${formatDuration(endAt - sinceAt)}`,
      evidence: [
        { at: sinceAt, text: "the last instant at which silence would have been noticed" },
        { at: endAt, text: "awake again; hosts have a grace to reconnect in" },
      ],
      proposalRequestId: null,
      restarts: null,
    }),
  ];
}

/** Clears what was fired for a gap: `endAt` is still the instant at which it fired, `closedAt` when nobody is unknown any more. */
export function clearGap(
  gap: Gap & { readonly closedAt: number },
  subject: Subject,
  policy: Policy,
): readonly EffectDraft[] {
  if (!isLong(gap, policy)) return [];
  const text = `no data ${clockOf(gap.sinceAt)}–${clockOf(gap.closedAt)} UTC`;
  return [
    signalEffect({
      kind: "cleared",
      happenedAt: gap.closedAt,
      subject,
      reason: "control-plane-gap",
      evidence: [{ at: gap.closedAt, text }],
    }),
  ];
}

function isLong({ endAt, sinceAt }: Gap, { liveness, rules }: Policy): boolean {
  const { enabled, min } = rules["control-plane-gap"];
  return enabled && endAt - sinceAt >= min && endAt - sinceAt > liveness.reconnectGraceMs;
}
