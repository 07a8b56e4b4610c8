// A desk whose policy knows the channels of sure-channel.ts. Unit tests share their modules, so what reads the list of
// channels is loaded anew.
import { afterAll, vi } from "vitest";
import { CHANNELS } from "../../../../../control-plane/src/channels/channel-list.ts";
import type { Receipt } from "../../../../../control-plane/src/core/desk/desk-event.ts";
import { CALLS, CHAT, NAMED, SURE } from "./sure-channel.ts";

export { ARRIVES_WITHIN_MS, ASKS_UNTIL_MS } from "./sure-channel.ts";

const LIST = "../../../../../control-plane/src/channels/channel-list.ts";
vi.resetModules();
vi.doMock(LIST, () => ({ CHANNELS: [...CHANNELS, SURE, CALLS, CHAT, NAMED] }));
const fixtures = await import("../desk-fixtures.ts");
const { Policy } = await import("../../../../../control-plane/src/policy/policy.ts");
const { reachOf } = await import("../../../../../control-plane/src/core/desk/paging/reach.ts");
const { dropFinished } = await import("../../../../../control-plane/src/shell/desk/desk-retention.ts");
const { decideDesk } = await import("../../../../../control-plane/src/core/desk/decide-desk.ts");
const { restoredDesk } = await import("../restored-desk.ts");
export { decideDesk, dropFinished, reachOf, restoredDesk };
export type Desk = InstanceType<typeof fixtures.Desk>;

/** Call once in each file. */
export function withSureWay(): void {
  afterAll(() => {
    vi.doUnmock(LIST);
    vi.resetModules();
  });
}

export const RING = "inc_1:ring:1:alice";
export const { START_AT } = fixtures;

const TEXT = {
  version: 1,
  channels: {
    push: { kind: "sure" },
    text: { kind: "sure", to: "another" },
    feed: { kind: "ntfy", topic: "feed" },
    phone: { kind: "calls" },
    chat: { kind: "chat" },
    named: { kind: "named" },
  },
  responders: [
    { id: "alice", name: "Alice", channels: ["push", "text", "feed"] },
    { id: "bob", name: "Bob", channels: ["push"], roles: [] },
  ],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }], repeat: "15m" },
};

/** A policy with something said otherwise. */
export function policyWith(said: object = {}) {
  return Policy.parse({ ...TEXT, ...said });
}

/** Alice alone, by these channels. */
export function aliceBy(channels: readonly string[], more: object = {}) {
  return { responders: [{ id: "alice", name: "Alice", channels, ...more }] };
}

export function deskWith(said: object = {}): Desk {
  return new fixtures.Desk(policyWith(said));
}

/** … on which a first ring is on its way. */
export function ringing(said: object = {}): Desk {
  const desk = deskWith(said);
  desk.fire();
  desk.settle();
  return desk;
}

/** A channel took a page, and its provider named it. */
export function takes(desk: Desk, key: string, channel: string, handle = `${channel}-1`): void {
  desk.take({ kind: "page-attempted", key, channel, result: "delivered", detail: "", handle });
}

/** A channel did not. */
export function fails(
  desk: Desk,
  channel: string,
  how: {
    key?: string;
    detail?: string;
    retryAfterMs?: number;
    isForGood?: true;
    isTimeout?: true;
    mayHaveCome?: true;
  } = {},
): void {
  const { key = RING, detail = "HTTP 503", ...more } = how;
  desk.take({ kind: "page-attempted", key, channel, result: "failed", detail, ...more });
}

/** What a provider says of a delivery. */
export function says(
  desk: Desk,
  deliveryKey: string,
  stage: Receipt["stage"],
  at: number | null = null,
): void {
  desk.take({ kind: "receipt-told", deliveryKey, receipt: { stage, at, detail: stage } });
}

/** What was asked and told so far, in order: `ask KEY`, `HOW KEY`. */
export function calls(desk: Desk): readonly string[] {
  return desk.effects.flatMap((effect) => {
    if (effect.kind === "ask-receipt") return [`ask ${effect.delivery.deliveryKey}`];
    if (effect.kind === "settle-delivery")
      return [`${effect.delivery.settle} ${effect.delivery.deliveryKey}`];
    return [];
  });
}

/** Why of the newest row of an act. */
export function whyOf(desk: Desk, act: string): string | undefined {
  return desk.effects
    .flatMap((effect) => (effect.kind === "audit" && effect.entry.act === act ? [effect.entry.why] : []))
    .at(-1);
}
