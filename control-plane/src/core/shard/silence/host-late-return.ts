// Rule `host-late-return`: a host announced its absence and when it would be back, and is not. Pure.
// It stands in for `host-silent`: one silence has one reason, which is fixed while it lasts, for the announcement ends with the next
// hello. The bound is the host's own deadline, or the page bound where that is later: core/shard/silence/liveness.ts waits for it, and
// core/shard/silence/host-silent.ts signals it in the words made here.
import { clockOf } from "../../words/clock-text.ts";
import type { PageReason } from "../../words/signal.ts";
import type { HostState } from "../host/shard-state.ts";

/** The reason under which a host's silence is signalled. */
export function silenceReasonOf({
  returnDueAt,
}: HostState): Extract<PageReason, "host-silent" | "host-late-return"> {
  return returnDueAt === null ? "host-silent" : "host-late-return";
}

/** The title of a silence; `wording` is what the second opinion makes of it. */
export function silenceTitleOf({ name, returnDueAt }: HostState, wording: string): string {
  return returnDueAt === null
    ? `${name} is silent: ${wording}`
    : `${name} has not returned by ${clockOf(returnDueAt)} UTC as announced: ${wording}`;
}
