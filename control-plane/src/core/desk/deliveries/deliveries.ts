// Pages that a channel took, or was sent by a name, where more may come of them: each is kept with its provider's handle
// or with that name, and its provider is asked by the channel's own pauses. Pure. What a reader would get wrong: the next
// question is set before the answer comes, so that a crash costs one question and never all.
import { dueBy } from "@countersign/shared/values/records-index";
import { type ChannelWay, nameOn, wayOf } from "../../../policy/ways.ts";
import type { Delivery, Latest } from "../records/pages/delivery.ts";
import { isOfNone, type Page } from "../records/pages/page.ts";
import { DRILL_PAGE_KEPT_MS } from "../records/pages/test-page.ts";
import { addEffect, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { Attempted } from "./attempted.ts";
import {
  deliveriesOf,
  deliveriesOfPage,
  putDelivery,
  wantsSomebody,
  withoutDelivery,
} from "./delivery-index.ts";
import { parkedUntil, toldToWaitUntil } from "./follow-ups.ts";

const asked = dueBy<Delivery, null>(({ askAt }) => askAt);
const heard = dueBy<Delivery, null>(({ heardUntilAt }) => heardUntilAt ?? null);

/**
 * Keeps what is sent on a channel by a name that it has beforehand: its provider may take it, and nobody ever hear that.
 * A repeat may be taken too, whatever was told of the attempt before.
 */
export function keepUnconfirmed(
  change: DeskChange,
  context: DeskContext,
  sent: { readonly page: Page; readonly channel: string; readonly latest: Latest | null },
): DeskChange {
  const { channel, latest, page } = sent;
  const { incidentId, key, kind, responder, severity } = page;
  if (!wantsSomebody(page)) return change;
  const named = { incidentId: isOfNone(page) ? null : incidentId, key, kind, severity };
  const handle = nameOn(context.policy, channel, latest === null ? named : { ...named, latest });
  const deliveryKey = `${key}@${channel}`;
  const known = change.state.deliveries.get(deliveryKey);
  if (handle === null || (known !== undefined && known.isUnconfirmed !== true)) return change;
  const to = { deliveryKey, pageKey: key, incidentId, kind, responder, channel, handle };
  return putDelivery(change, { ...to, ...nothingExpected(context.now), isUnconfirmed: true });
}

/** A page is taken back: what was sent of it is looked at anew, also where it was a digest, which no incident has. */
export function lookAtUnconfirmed(change: DeskChange, { incidentId, key }: Page): DeskChange {
  return deliveriesOf(change.state, incidentId)
    .filter(({ isUnconfirmed, pageKey }) => isUnconfirmed === true && pageKey === key)
    .reduce((before, delivery) => putDelivery(before, { ...delivery }), change);
}

/** Takes what a channel answered to an attempt. */
export function takeAnswer(change: DeskChange, context: DeskContext, attempted: Attempted): DeskChange {
  switch (attempted.result) {
    case "delivered":
      return keepDelivery(change, context, attempted);
    case "failed":
      return keepOrForget(change, attempted);
  }
}

/** What was refused is forgotten, unless an earlier attempt may have come; of what may have, its provider is told anew. */
function keepOrForget(change: DeskChange, { channel, key, mayHaveCome }: Attempted): DeskChange {
  const delivery = change.state.deliveries.get(`${key}@${channel}`);
  if (delivery?.isUnconfirmed !== true) return change;
  if (mayHaveCome === true)
    return putDelivery(change, { ...delivery, settle: null, settleAt: null, settleAttempts: 0 });
  const page = change.state.pages.get(key);
  return page === undefined || page.unconfirmed?.includes(channel) === true
    ? change
    : withoutDelivery(change, delivery.deliveryKey);
}

/**
 * Keeps what a channel took with a handle, also when its page is not there any more: a phone may ring by it. The same
 * again changes nothing.
 */
function keepDelivery(change: DeskChange, context: DeskContext, attempted: Attempted): DeskChange {
  const { channel, handle, key } = attempted;
  const way = wayOf(context.policy, channel);
  if (handle === undefined || way === null) return change;
  const page = change.state.pages.get(key) ?? pageNamedBy(key);
  if (page === null) return change;
  const known = deliveriesOfPage(change.state, key).filter((one) => one.channel === channel);
  if (known.some((one) => one.handle === handle)) return change;
  const { incidentId, kind, responder } = page;
  // A page that a channel took twice has two handles, and each may ring.
  const deliveryKey = `${key}@${channel}${known.length === 0 ? "" : `@${known.length + 1}`}`;
  const to = { deliveryKey, pageKey: key, incidentId, kind, responder, channel, handle };
  const isDigest = change.state.pages.get(key)?.covers !== undefined;
  return putDelivery(change, { ...to, ...expectedOf(way, { kind, isDigest }, context.now) });
}

/**
 * What a key says of its page (core/desk/outbox/page-key.ts), where the page itself is not there any more; null: of one
 * that wants nobody, or it is no page's key. No id and no
 * name in it holds a colon.
 */
function pageNamedBy(key: string): Pick<Page, "incidentId" | "kind" | "responder"> | null {
  const [incidentId, kind, number, responder, ...more] = key.split(":");
  if (incidentId === undefined || number === undefined || responder === undefined || more.length > 0)
    return null;
  return kind === "ring" || kind === "test" ? { incidentId, kind, responder } : null;
}

type Expected = Omit<
  Delivery,
  "deliveryKey" | "pageKey" | "incidentId" | "kind" | "responder" | "channel" | "handle"
>;

/** What may still be heard of it, and when. */
function expectedOf(
  way: ChannelWay,
  to: Pick<Delivery, "kind"> & { readonly isDigest: boolean },
  now: number,
): Expected {
  const isAwaited = wantsSomebody(to);
  const [firstMs] = way.asksEveryMs;
  return {
    ...nothingExpected(now),
    askAt: isAwaited && firstMs !== undefined && firstMs <= way.asksUntilMs ? now + firstMs : null,
    arrivesByAt: isAwaited && way.arrivesWithinMs !== null ? now + way.arrivesWithinMs : null,
    // A test and a digest have no incident that keeps what is known of them.
    ...((to.kind === "test" || to.isDigest) && way.hears ? { heardUntilAt: now + DRILL_PAGE_KEPT_MS } : {}),
  };
}

function nothingExpected(now: number): Expected {
  return {
    acceptedAt: now,
    stage: "accepted",
    stageAt: now,
    askAt: null,
    asks: 0,
    arrivesByAt: null,
    settle: null,
    settleAt: null,
    settleAttempts: 0,
  };
}

/** When a provider is asked next, or waited for no longer; null: never. */
export function askDueAt({ deliveries }: Pick<DeskState, "deliveries">): number | null {
  const dueAt = [asked, heard].flatMap((due) => due.earliestAt(deliveries, null) ?? []);
  return dueAt.length === 0 ? null : Math.min(...dueAt);
}

/** Asks every provider whose time has come. */
export function askDueReceipts(change: DeskChange, context: DeskContext): DeskChange {
  const given = heard
    .dueAt(change.state.deliveries, null, context.now)
    .reduce((before, { heardUntilAt: _over, ...delivery }) => putDelivery(before, delivery), change);
  return asked
    .dueAt(given.state.deliveries, null, context.now)
    .reduce((before, delivery) => askReceipt(before, context, delivery), given);
}

function askReceipt(change: DeskChange, context: DeskContext, delivery: Delivery): DeskChange {
  const way = wayOf(context.policy, delivery.channel);
  // The channel left the policy, or cannot be asked as it is set now.
  if (way === null || way.asksEveryMs.length === 0) return putDelivery(change, { ...delivery, askAt: null });
  const waitsUntilAt = toldToWaitUntil(change.state, context, delivery.channel);
  const isLast = context.now >= delivery.acceptedAt + way.asksUntilMs;
  if (waitsUntilAt !== null && !isLast)
    return putDelivery(change, parkedUntil(delivery, context, waitsUntilAt));
  const asks = delivery.asks + 1;
  const pauseMs = way.asksEveryMs[Math.min(asks, way.asksEveryMs.length - 1)] ?? Infinity;
  const nextAt = context.now + pauseMs;
  const askAt = nextAt <= delivery.acceptedAt + way.asksUntilMs ? nextAt : null;
  const waiting: Delivery = { ...delivery, asks, askAt };
  return addEffect(putDelivery(change, waiting), { kind: "ask-receipt", delivery: waiting });
}
