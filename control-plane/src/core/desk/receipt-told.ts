// What a provider says became of a page, asked or by itself, and what that means: it arrived, its person saw it, they
// have it, or it reached nobody. Pure. What a reader would get wrong: a word goes forwards only, so the same again, or
// an older one that comes late, changes nothing; and who says "I have it" on a phone may do what they may do at the
// desk, and no more.
import { type Actor, byPerson } from "../words/actor.ts";
import { takeAct } from "./acts/take-act.ts";
import type { Refusal } from "./deliveries/attempted.ts";
import { putDelivery } from "./deliveries/delivery-index.ts";
import { takeRefusal } from "./deliveries/follow-ups.ts";
import type { DeskEvent, Receipt } from "./desk-event.ts";
import { noteCarriedStage } from "./outbox/contacts.ts";
import { withCovered } from "./outbox/covered.ts";
import { noteReached } from "./outbox/ends.ts";
import { markPageDelivered } from "./outbox/page-outbox.ts";
import { passOn } from "./outbox/swallowed.ts";
import { noteTestDelivered } from "./outbox/test-pages.ts";
import { takeTestReceipt } from "./outbox/test-receipts.ts";
import type { Delivery } from "./records/pages/delivery.ts";
import { refsOfPage } from "./state/audit-refs.ts";
import { addAudit, type DeskChange, putPage } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { DIGEST_NAMED_MAX } from "./texts/digest-text.ts";

/** What reached nobody may still be seen: a phone that was off comes back. */
const RANKS: Readonly<Record<Delivery["stage"], number>> = {
  accepted: 0,
  delivered: 1,
  lost: 2,
  seen: 3,
  acknowledged: 4,
};

/** Takes what a provider says became of a page. */
export function takeReceiptTold(
  change: DeskChange,
  context: DeskContext,
  { deliveryKey, receipt, ...refusal }: Extract<DeskEvent, { kind: "receipt-told" }>,
): DeskChange {
  const before = change.state.deliveries.get(deliveryKey);
  if (before === undefined) return change;
  if (receipt === null) return notTold(change, context, { delivery: before, refusal });
  const { stage } = receipt;
  if (RANKS[stage] <= RANKS[before.stage]) return change;
  const delivery = told(before, context, receipt);
  const noted = noteCarriedStage(putDelivery(change, delivery), context, delivery);
  switch (stage) {
    case "lost":
      return passOn(noted, context, { delivery, detail: receipt.detail || "it reached nobody" });
    case "delivered":
      return arrived(noted, context, { delivery, receipt });
    case "seen":
      return markSeen(arrived(noted, context, { delivery, receipt }), context, {
        delivery,
        isOnRecord: false,
      });
    case "acknowledged": {
      const seen = markSeen(arrived(noted, context, { delivery, receipt }), context, {
        delivery,
        isOnRecord: true,
      });
      return acknowledged(seen, context, delivery);
    }
  }
}

/** Its provider says nothing: that may be for good, or for a while. */
function notTold(
  change: DeskChange,
  context: DeskContext,
  { delivery, refusal }: { readonly delivery: Delivery; readonly refusal: Refusal },
): DeskChange {
  const { channel } = delivery;
  if (refusal.isForGood === true) return putDelivery(change, { ...delivery, askAt: null });
  return takeRefusal(change, context, { ...refusal, channel });
}

function told(before: Delivery, { now }: DeskContext, { at, stage }: Receipt): Delivery {
  // Of what it has not taken its provider says nothing.
  const { isUnconfirmed: _confirmed, ...delivery } = before;
  const isOver = stage === "acknowledged" || stage === "lost";
  return {
    ...delivery,
    stage,
    // Its provider's clock is not ours: nothing happened before it was taken, or is still to come.
    stageAt: Math.min(now, Math.max(delivery.acceptedAt, at ?? now)),
    askAt: isOver ? null : delivery.askAt,
    arrivesByAt: null,
  };
}

/**
 * A page that had gone on to other channels meanwhile is needed there no more, and one that was given up as swallowed
 * has come after all.
 */
function arrived(
  change: DeskChange,
  context: DeskContext,
  { delivery, receipt }: { readonly delivery: Delivery; readonly receipt: Receipt },
): DeskChange {
  const { channel, pageKey: key } = delivery;
  const page = change.state.pages.get(key);
  if (page === undefined) return change;
  const swallowedBy = (page.swallowedBy ?? []).filter((one) => one !== channel);
  const put = page.swallowedBy === undefined ? change : putPage(change, { ...page, swallowedBy });
  if (page.state === "delivered") return put;
  const { detail } = receipt;
  return withCovered(put.state, { ...page, swallowedBy }).reduce(
    (before, one) =>
      noteReached(markPageDelivered(before, context, { page: one, channel, detail }), context, one),
    noteTestDelivered(put, context, { channel, key }),
  );
}

function markSeen(
  change: DeskChange,
  context: DeskContext,
  { delivery, isOnRecord }: { readonly delivery: Delivery; readonly isOnRecord: boolean },
): DeskChange {
  const { channel, kind, pageKey, responder, stageAt } = delivery;
  const page = change.state.pages.get(pageKey);
  if (page === undefined || page.seenAt !== undefined) return change;
  const marked = putPage(change, { ...page, seenAt: stageAt });
  if (isOnRecord && kind !== "recovered") return marked;
  return addAudit(marked, context, {
    actor: byPerson(responder),
    act: "page-seen",
    refs: refsOfPage(page),
    why: `saw "${page.title}" by ${channel}`,
  });
}

/**
 * They have it: what they would do on a signed-in device. Who has an incident already, or has said that the test came,
 * says nothing new.
 */
function acknowledged(change: DeskChange, context: DeskContext, delivery: Delivery): DeskChange {
  const { channel, incidentId, kind, responder } = delivery;
  const by = byPerson(responder);
  if (kind === "test") {
    const test = change.state.testPages.get(incidentId);
    return test === undefined ? change : takeTestReceipt(change, context, { test, by, way: "reply" });
  }
  if (kind === "recovered") return change;
  return namedIn(change, delivery)
    .filter((id) => change.state.incidents.get(id)?.state !== "acknowledged")
    .reduce((before, id) => {
      const act = { kind: "acknowledge", incidentId: id, channel } as const;
      return takeAct(before, context, { act, by: by satisfies Actor }).change;
    }, change);
}

/**
 * Of a digest, what it named, and not what it only counted: that nobody has seen, and one host could hide another's
 * trouble there.
 */
function namedIn({ state }: DeskChange, { incidentId, pageKey }: Delivery): readonly string[] {
  const covers = state.pages.get(pageKey)?.covers;
  if (covers === undefined) return [incidentId];
  return [
    ...new Set(covers.slice(0, DIGEST_NAMED_MAX).flatMap((key) => state.pages.get(key)?.incidentId ?? [])),
  ];
}
