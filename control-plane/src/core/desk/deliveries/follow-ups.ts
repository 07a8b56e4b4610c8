// What follows after a channel took a page (it is asked about, its provider is told that nobody needs it) waits where a
// provider says so: all of a channel, for so long as it still makes sense. Pure. What a reader would get wrong: that a
// provider wants no questions now says nothing of pages, which are worth more than they. Where it wants no pages, it
// wants no questions either. The wait is with what waits: what comes after it is asked or told once, and joins it.
import { groupedBy } from "@countersign/shared/values/records-index";
import { wayOf } from "../../../policy/ways.ts";
import type { Delivery } from "../records/pages/delivery.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { Refusal } from "./attempted.ts";
import { isToldToWait, restsUntil, RETRY_AFTER_MAX_MS } from "./channel-states.ts";
import { putDelivery } from "./delivery-index.ts";

/** The longest pause between two times that a provider is told something; a longer wait counts as so many times. */
export const SETTLE_PAUSE_MAX_MS = 600_000;

const followedUpBy = groupedBy<Delivery>(({ askAt, channel, settleAt }) =>
  askAt === null && settleAt === null ? null : channel,
);

/** Until when a channel's provider wants nothing, as it said itself; null: it may be asked and told. */
export function toldToWaitUntil(state: DeskState, context: DeskContext, channel: string): number | null {
  return isToldToWait(state, context, channel) ? restsUntil(state, context, channel) : null;
}

/** Takes how a provider refused to be asked or told. */
export function takeRefusal(
  change: DeskChange,
  context: DeskContext,
  { channel, retryAfterMs }: Refusal & { readonly channel: string },
): DeskChange {
  if (retryAfterMs === undefined) return change;
  const untilAt = context.now + Math.min(RETRY_AFTER_MAX_MS, Math.max(0, retryAfterMs));
  return followedUpBy(change.state.deliveries, channel).reduce((before, delivery) => {
    const parked = parkedUntil(delivery, context, untilAt);
    return parked === delivery ? before : putDelivery(before, parked);
  }, change);
}

/** The same, asked and told no sooner; in the last instant at which an answer still matters, it is asked all the same. */
export function parkedUntil(delivery: Delivery, context: DeskContext, untilAt: number): Delivery {
  const { acceptedAt, askAt, channel, settleAt, settleAttempts } = delivery;
  const asksUntilAt = acceptedAt + (wayOf(context.policy, channel)?.asksUntilMs ?? 0);
  const isAskedBefore = askAt !== null && askAt < untilAt;
  const isToldBefore = settleAt !== null && settleAt < untilAt;
  if (!isAskedBefore && !isToldBefore) return delivery;
  const waited = Math.floor((untilAt - context.now) / SETTLE_PAUSE_MAX_MS);
  return {
    ...delivery,
    ...(isAskedBefore ? { askAt: Math.max(askAt, Math.min(untilAt, asksUntilAt)) } : {}),
    ...(isToldBefore ? { settleAt: untilAt, settleAttempts: settleAttempts + waited } : {}),
  };
}
