// Kinds of channels that no policy knows. `sure`: its provider is asked whether a page arrived, and is told when nobody
// needs it. `calls`: carries rings alone, and is told nothing. `chat`: told how each message ends. `named`: its messages
// have a name before they are sent. What follows after a channel took a page is held with them, whatever real providers
// can do.
import * as z from "zod";
import { ok } from "@countersign/shared/values/result";
import { channelKind } from "../../../../../control-plane/src/channels/channel.ts";

export const ARRIVES_WITHIN_MS = 30_000;
export const ASKS_EVERY_MS = [5_000, 10_000];
export const ASKS_UNTIL_MS = 60_000;

const message = async () => ok({ by: "network", request: new Request("https://sure.test") } as const);

/** Says that it arrived, and what its person did. */
export const SURE = channelKind({
  kind: "sure",
  traits: {
    name: "a sure way",
    wakes: "silent-phone",
    receipts: "acknowledged",
    acknowledges: true,
    carries: "everything",
    arrivesWithinMs: ARRIVES_WITHIN_MS,
    costs: "nothing",
  },
  settings: z.strictObject({ kind: z.literal("sure"), to: z.string().default("somebody") }),
  addressKeys: [],
  addressOf: () => null,
  problemOf: () => null,
  request: message,
  asks: { everyMs: ASKS_EVERY_MS, untilMs: ASKS_UNTIL_MS, request: message, read: () => null },
  settles: { how: ["acknowledged", "resolved", "superseded"], request: message },
});

/** Carries what wants somebody, and hears by itself. */
export const CALLS = channelKind({
  kind: "calls",
  traits: { ...SURE.traits, name: "calls", carries: "rings", arrivesWithinMs: null },
  settings: z.strictObject({ kind: z.literal("calls") }),
  addressKeys: [],
  addressOf: () => null,
  problemOf: () => null,
  request: message,
  hear: async () => {
    throw new Error("nobody brings anything here");
  },
});

/** Marks its messages, and replaces none. */
export const CHAT = channelKind({
  kind: "chat",
  traits: { ...SURE.traits, name: "a chat", arrivesWithinMs: null },
  settings: z.strictObject({ kind: z.literal("chat") }),
  addressKeys: [],
  addressOf: () => null,
  problemOf: () => null,
  request: message,
  settles: { how: ["acknowledged", "resolved"], request: message },
});

/** Names what wants somebody before it is sent. */
export const NAMED = channelKind({
  kind: "named",
  traits: { ...SURE.traits, name: "a named way", arrivesWithinMs: null },
  settings: z.strictObject({ kind: z.literal("named") }),
  addressKeys: [],
  addressOf: () => null,
  problemOf: () => null,
  names: ({ key }) => `name of ${key}`,
  request: message,
  settles: { how: ["acknowledged", "resolved", "superseded"], request: message },
});
