// What providers are told about pages that nobody needs any more, found by comparing: each delivery with its incident,
// or its test, as things are now, whoever did what brought that about. Pure. What a reader would get wrong: only the
// deliveries of incidents are looked at in which something has changed, and of those in which something is still to be
// told; the cost does not grow with all of them.
import { type KeptUp, keptUp } from "@countersign/shared/values/records";
import { dueBy } from "@countersign/shared/values/records-index";
import type { Policy } from "../../../policy/policy.ts";
import { type Settling, wayOf } from "../../../policy/ways.ts";
import { BY_DESK } from "../../words/actor.ts";
import type { Incident } from "../records/incident.ts";
import type { Delivery } from "../records/pages/delivery.ts";
import type { TestPage } from "../records/pages/test-page.ts";
import { type ChangedOwners, changedOwners } from "../state/changed-owners.ts";
import { addAudit, addEffect, type DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import type { Refusal } from "./attempted.ts";
import { deliveriesOf, digestIdsIn, incidentsOf, putDelivery, wantsSomebody } from "./delivery-index.ts";
import { parkedUntil, SETTLE_PAUSE_MAX_MS, takeRefusal, toldToWaitUntil } from "./follow-ups.ts";
import { jittered } from "./jitter.ts";

/** A provider that is not reached is told again after this; it doubles each time, up to the maximum. */
export const SETTLE_FIRST_MS = 5_000;
/**
 * Times that it is tried (about three hours): an alert that nobody ends, as those of PagerDuty, calls people to what is
 * over.
 */
export const SETTLE_ATTEMPTS_MAX = 24;

/**
 * What is sent and unconfirmed may be on its way still, and a provider keeps no word about what it has not: it is told
 * when no attempt lasts that long (platform/desk/exchange.ts). One whose answer is lost later is told of anew.
 */
const UNCONFIRMED_AFTER_MS = 20_000;

const settling = dueBy<Delivery, null>(({ settleAt }) => settleAt);

/** Of what somebody did it is told once more that it is over; a page in whose place a newer one stands is done with. */
const RANKS: Readonly<Record<Settling, number>> = { acknowledged: 1, resolved: 2, superseded: 3 };

/** When the next provider is told, or told again; null: there is nothing to tell. */
export function settleDueAt({ deliveries }: Pick<DeskState, "deliveries">): number | null {
  return settling.earliestAt(deliveries, null);
}

/** Finds what is needed no more, and tells what is due to be told. */
export function settleDeliveries(change: DeskChange, context: DeskContext): DeskChange {
  const ids = new Set([
    ...digestIdsIn(change.state).filter((id) => hasNeedless(change.state, context.policy, id)),
    ...byIncident(change.state.incidents).among(change.state, context.policy),
    ...byTest(change.state.testPages).among(change.state, context.policy),
  ]);
  const found = [...ids]
    .flatMap((id) => deliveriesOf(change.state, id))
    .reduce((before, delivery) => endDelivery(before, context, delivery), change);
  return settling
    .dueAt(found.state.deliveries, null, context.now)
    .reduce((before, delivery) => tellProvider(before, context, delivery), found);
}

/** Takes that a provider was told; one that was not reached is told again when it is due, and no sooner than it says. */
export function takeSettled(
  change: DeskChange,
  context: DeskContext,
  settled: Refusal & {
    readonly deliveryKey: string;
    readonly settle: Settling | null;
    readonly result: "told" | "failed";
  },
): DeskChange {
  const delivery = change.state.deliveries.get(settled.deliveryKey);
  if (delivery === undefined) return change;
  if (settled.result === "failed")
    return takeRefusal(change, context, { ...settled, channel: delivery.channel });
  if (delivery.settleAt === null) return change;
  // It is told something else by now: this answer is of the word before.
  if (delivery.settle !== settled.settle) return change;
  return putDelivery(change, { ...delivery, settleAt: null });
}

const byIncident = keptUp<Incident, Touched<Incident>>(() => new Touched());
const byTest = keptUp<TestPage, Touched<TestPage>>(() => new Touched());

/** Of which incidents, or tests, something has changed since nothing was left to end there. */
class Touched<V> implements KeptUp<V> {
  readonly #ownersOf: (deliveries: DeskState["deliveries"]) => ChangedOwners<Delivery> = changedOwners();
  readonly #ids = new Set<string>();

  changed(id: string): void {
    this.#ids.add(id);
  }

  /** What is left undone, as where the decision was not stored, is found again. */
  among(state: DeskState, policy: Policy): readonly string[] {
    for (const id of this.#ownersOf(state.deliveries).takeIncidents()) this.#ids.add(id);
    for (const id of this.#ids) if (!hasNeedless(state, policy, id)) this.#ids.delete(id);
    return [...this.#ids];
  }
}

function hasNeedless(state: DeskState, policy: Policy, id: string): boolean {
  return deliveriesOf(state, id).some((delivery) => {
    const why = needlessBecause(state, policy, delivery);
    return why !== null && !isEnded(delivery, why);
  });
}

/** Why nobody needs it any more; null: somebody may. */
function needlessBecause(state: DeskState, policy: Policy, delivery: Delivery): Settling | null {
  if (!wantsSomebody(delivery)) return null;
  if (delivery.kind === "test") {
    // Whoever says that it came has nothing left to do.
    return state.testPages.get(delivery.incidentId)?.receipt === null ? null : "resolved";
  }
  const newer = newerOf(state, delivery);
  // One message carries both: what is told of the newer is told of it. Where each has its own and none is replaced,
  // each hears how it ends.
  const isReplaced = wayOf(policy, delivery.channel)?.settles.includes("superseded") === true;
  if (newer !== undefined && (isReplaced || newer.handle === delivery.handle)) return "superseded";
  const states = incidentsOf(state, delivery).map((id) => state.incidents.get(id)?.state ?? "resolved");
  if (states.includes("open")) return null;
  return states.includes("acknowledged") ? "acknowledged" : "resolved";
}

function newerOf(state: DeskState, delivery: Delivery): Delivery | undefined {
  const { channel, incidentId, responder } = delivery;
  const like = deliveriesOf(state, incidentId).filter(
    (one) => one.channel === channel && one.responder === responder && wantsSomebody(one),
  );
  const place = like.findIndex(({ deliveryKey }) => deliveryKey === delivery.deliveryKey);
  // What nobody confirmed stands in the place of nothing yet.
  return like.slice(place + 1).findLast(({ isUnconfirmed }) => isUnconfirmed !== true);
}

function isEnded({ arrivesByAt, askAt, settle }: Delivery, why: Settling): boolean {
  return askAt === null && arrivesByAt === null && settle !== null && RANKS[settle] >= RANKS[why];
}

/** It is asked about no more; its provider is told, where it is told such a thing and does not know it. */
function endDelivery(change: DeskChange, context: DeskContext, delivery: Delivery): DeskChange {
  const why = needlessBecause(change.state, context.policy, delivery);
  if (why === null || isEnded(delivery, why)) return change;
  const ended: Delivery = { ...delivery, askAt: null, arrivesByAt: null, settle: why };
  if (!isTold(change.state, context, { delivery, why })) return putDelivery(change, ended);
  const afterMs = delivery.isUnconfirmed === true ? UNCONFIRMED_AFTER_MS : 0;
  return putDelivery(change, { ...ended, settleAt: context.now + afterMs, settleAttempts: 0 });
}

function isTold(
  state: DeskState,
  { policy }: DeskContext,
  { delivery, why }: { readonly delivery: Delivery; readonly why: Settling },
): boolean {
  if (wayOf(policy, delivery.channel)?.settles.includes(why) !== true) return false;
  if (delivery.stage === "lost" || (delivery.stage === "acknowledged" && why === "acknowledged"))
    return false;
  // A provider that keeps one message for all pages of an incident must not end it for a newer page.
  return why !== "superseded" || newerOf(state, delivery)?.handle !== delivery.handle;
}

function tellProvider(change: DeskChange, context: DeskContext, delivery: Delivery): DeskChange {
  if (delivery.settleAttempts >= SETTLE_ATTEMPTS_MAX) return giveUp(change, context, delivery);
  const waitsUntilAt = toldToWaitUntil(change.state, context, delivery.channel);
  if (waitsUntilAt !== null) return putDelivery(change, parkedUntil(delivery, context, waitsUntilAt));
  const settleAttempts = delivery.settleAttempts + 1;
  const pauseMs = jittered(
    Math.min(SETTLE_PAUSE_MAX_MS, SETTLE_FIRST_MS * 2 ** (settleAttempts - 1)),
    `${delivery.deliveryKey}:${settleAttempts}`,
  );
  const told: Delivery = { ...delivery, settleAttempts, settleAt: context.now + pauseMs };
  return addEffect(putDelivery(change, told), { kind: "settle-delivery", delivery: told });
}

function giveUp(change: DeskChange, context: DeskContext, delivery: Delivery): DeskChange {
  const { channel, pageKey, settle, settleAttempts } = delivery;
  return addAudit(putDelivery(change, { ...delivery, settleAt: null }), context, {
    actor: BY_DESK,
    act: "settling-given-up",
    refs: [{ kind: "page", key: pageKey }],
    why: `${channel} was not told that it is ${settle ?? "over"}: not reached in ${settleAttempts} tries. It may go on by itself.`,
  });
}
