// Whether a person can answer right where a page arrives: its kind, its settings and the desk's own address decide.
import { expect, it } from "vitest";
import {
  Channel,
  channelProblemOf,
  unansweredOf,
  unheardOf,
} from "../../../control-plane/src/channels/any-channel.ts";
import { bound, SAMPLES } from "./samples.ts";

const PUBLIC = "https://desk.countersign.test";

it.each([
  // What is asked needs no way back; what is brought does.
  ["pushover", {}, "http://localhost:8787", null],
  ["telegram", {}, PUBLIC, null],
  ["telegram", {}, "http://localhost:8787", "its provider cannot reach http://localhost:8787"],
  ["telegram", {}, "https://localhost", "cannot reach https://localhost"],
  ["telegram", {}, null, "PUBLIC_URL"],
  ["telegram", { hook: undefined }, PUBLIC, "no hook"],
  ["telegram", { chat: "-4242" }, PUBLIC, "group"],
  ["voice", {}, PUBLIC, null],
  ["voice", {}, "http://10.0.0.7:8787", "cannot reach http://10.0.0.7:8787"],
  // A kind that nobody answers at all has nothing to be mended.
  ["ntfy", {}, "http://localhost:8787", null],
] as const)("%s with %j at %s: %s", (kind, over, publicUrl, words) => {
  const unanswered = unansweredOf(Channel.parse({ ...SAMPLES[kind], ...over }), publicUrl);
  if (words === null) expect(unanswered).toBeNull();
  else expect(unanswered).toContain(words);
});

it.each([
  ["telegram", { CHANNEL_TELEGRAM_HOOK: undefined }, "CHANNEL_TELEGRAM_HOOK is not set"],
  ["telegram", { CHANNEL_TELEGRAM_HOOK: "with blanks" }, "CHANNEL_TELEGRAM_HOOK holds no"],
  ["telegram", {}, null],
  ["pagerduty", { CHANNEL_PAGERDUTY_HOOK: undefined }, "CHANNEL_PAGERDUTY_HOOK is not set"],
  ["pagerduty", {}, null],
  // One secret is for both: without it nothing goes out.
  ["voice", { CHANNEL_TWILIO: undefined }, null],
] as const)("%s with %j: pages go out, and what is answered is not heard: %s", (kind, more, words) => {
  const channel = Channel.parse(SAMPLES[kind]);
  const unheard = unheardOf(channel, bound(more));
  if (words === null) expect(unheard).toBeNull();
  else {
    expect(unheard).toContain(words);
    expect(channelProblemOf(channel, bound(more))).toBeNull();
  }
});

it("a channel that is not set up to hear has nothing to say of its bindings", () => {
  const group = Channel.parse({ ...SAMPLES.telegram, chat: "-4242" });
  expect(unheardOf(group, bound({ CHANNEL_TELEGRAM_HOOK: undefined }))).toBeNull();
});
