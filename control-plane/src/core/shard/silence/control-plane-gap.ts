// Rule `control-plane-gap`: we ourselves saw nothing for at least `min`, and say so. Pure.
// It fires when the shard wakes and clears when the gap closes, so it resolves by itself. A gap that is no longer than the reconnect
// grace is a deploy of ours, which pages nobody whatever the policy says; every gap is stated in the history all the same.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Policy } from "../../../policy/policy.ts";
import type { Finding } from "../../facts/rule.ts";
import { clockOf } from "../../words/clock-text.ts";
import { settleShard } from "../host/settle.ts";
import type { ShardChange } from "../host/shard-change.ts";
import type { ShardContext } from "../host/shard-events.ts";
import type { ShardState } from "../host/shard-state.ts";

const REASON = "control-plane-gap";

export interface Gap {
  readonly sinceAt: number;
  readonly endAt: number;
}

/** Fires for a gap that ends now, if it is long enough. */
export function fireGap(state: ShardState, gap: Gap, context: ShardContext): ShardChange {
  if (!isLong(gap, context.policy)) return { state, effects: [] };
  const over = { at: gap.endAt, text: "it is over" };
  return settleShard(state, { reason: REASON, findings: [findingOf(gap)], over, isToldAnew: true }, context);
}

/** Clears what was fired for a gap, once nobody is unknown any more. */
export function clearGap(
  state: ShardState,
  { sinceAt, endAt }: Gap,
  context: Pick<ShardContext, "now" | "policy">,
): ShardChange {
  const over = { at: endAt, text: `no data ${clockOf(sinceAt)}–${clockOf(endAt)} UTC` };
  return settleShard(state, { reason: REASON, findings: [], over }, context);
}

function findingOf({ sinceAt, endAt }: Gap): Finding {
  return {
    severity: "warning",
    title: `The control plane saw nothing for ${formatDuration(endAt - sinceAt)}`,
    evidence: [
      { at: sinceAt, text: "the last instant at which silence would have been noticed" },
      { at: endAt, text: "awake again; hosts have a grace to reconnect in" },
    ],
    happenedAt: sinceAt,
    isRestartPointless: false,
    freezes: false,
  };
}

function isLong({ endAt, sinceAt }: Gap, { liveness, rules }: Policy): boolean {
  const { enabled, min } = rules[REASON];
  return enabled && endAt - sinceAt >= min && endAt - sinceAt > liveness.reconnectGraceMs;
}
