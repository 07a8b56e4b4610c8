// Slack's and Discord's incoming webhooks against fakes that go by their documentation: what is posted, that nothing
// which a host wrote is read as mark-up, and what each answer means.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Channel,
  channelProblemOf,
  channelRequestOf,
  readAnswer,
} from "../../../control-plane/src/channels/any-channel.ts";
import { seenText } from "../../../control-plane/src/channels/fitted-text.ts";
import { fakeDiscord } from "../../providers/discord.ts";
import { fakeSlack, type SlackError } from "../../providers/slack.ts";
import { answered, HOSTILE, sendBy } from "./exchange.ts";
import { BINDINGS, bound, MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const clock = { now: MESSAGE.sentAt };
const failed = { result: "failed", retryAfterMs: null };
const taken = { result: "accepted", handle: null };
const URLS = { slack: String(BINDINGS["CHANNEL_SLACK"]), discord: String(BINDINGS["CHANNEL_DISCORD"]) };
const path = new URL(URLS.slack).pathname;
const ids = { id: "1234567890", token: "discordHookSecret_0000000000" };
const PROVIDERS = {
  slack: () => fakeSlack(clock, { path }),
  discord: () => fakeDiscord(clock, ids),
};
const KINDS = ["slack", "discord"] as const;
const LINK = { slack: `<${MESSAGE.url}|Open>`, discord: `[Open](<${MESSAGE.url}>)` };

describe.each(KINDS)("%s", (kind) => {
  const written = SAMPLES[kind];
  const channel = Channel.parse(written);

  it.each(["ring", "update", "recovered", "test"] as const)(
    "takes a %s, with and without a link",
    async (of) => {
      for (const url of [MESSAGE.url, null]) {
        const provider = PROVIDERS[kind]();
        expect(await sendBy({ provider, written }, { kind: of, url })).toEqual(taken);
        expect(provider.arrived[0]?.title).toBe(MESSAGE.title);
        expect(provider.arrived[0]?.body).toContain(MESSAGE.body);
        expect(provider.marks).toEqual(url === null ? [] : [LINK[kind]]);
        const isQuiet = kind === "discord" && (of === "update" || of === "recovered");
        expect(provider.arrived[0]?.isLoud).toBe(!isQuiet);
      }
    },
  );

  it("is posted to the address that the binding holds", async () => {
    expect((await requestFor(written)).url).toBe(kind === "slack" ? URLS.slack : `${URLS.discord}?wait=true`);
  });

  it.each(HOSTILE)("hostile text mentions nobody, links nowhere and formats nothing: %#", async (text) => {
    const provider = PROVIDERS[kind]();
    expect(await sendBy({ provider, written }, { title: text, body: text })).toEqual(taken);
    expect(provider.marks).toEqual([LINK[kind]]);
    expect(provider.arrived[0]?.title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("whatever a host writes arrives as it stands, or cut", async () => {
    const MARKUP = fc.string({
      unit: fc.constantFrom(...Array.from("@everyone<>&#!*_~`|[]():/-+\\ \n12th.")),
      maxLength: 300,
    });
    await fc.assert(
      fc.asyncProperty(MARKUP, async (text) => {
        const provider = PROVIDERS[kind]();
        expect(await sendBy({ provider, written }, { body: text, url: null })).toEqual(taken);
        expect(provider.marks).toEqual([]);
        expect(`${provider.arrived[0]?.body}\n`).toContain(seenText(text).trim());
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    undefined,
    "",
    "hooks.slack.com/services/T/B/hunter2",
    "ftp://hunter2",
    "http://chat.test/hunter2",
    "http://10.0.0.5/hunter2",
    "https://hunter2@chat.test/",
    "https://169.254.169.254/hunter2",
  ])("the address %s is a problem, and is not quoted", async (address) => {
    const bindings = bound({ [`CHANNEL_${kind.toUpperCase()}`]: address });
    const problem = channelProblemOf(channel, bindings);
    expect(problem).toContain(`CHANNEL_${kind.toUpperCase()}`);
    expect(problem).not.toContain("hunter2");
    expect((await channelRequestOf(channel, MESSAGE, bindings)).ok).toBe(false);
  });

  it("carries no sign-in link: more people read it than the one whom it is for", async () => {
    const made = await channelRequestOf(channel, { ...MESSAGE, kind: "sign-in" }, BINDINGS);
    expect(made).toMatchObject({ ok: false, error: { problem: expect.stringContaining("sign-in") } });
  });
});

describe("Slack", () => {
  const written = SAMPLES.slack;
  it.each([
    ["action_prohibited", 403, true],
    ["channel_is_archived", 410, true],
    ["channel_not_found", 404, true],
    ["no_service", 404, true],
    ["posting_to_general_channel_denied", 403, true],
    ["rollup_error", 500, false],
  ] as const)("%s is HTTP %i, for good: %s", async (error: SlackError, status, isForGood) => {
    const provider = fakeSlack(clock, { path, error });
    expect(await sendBy({ provider, written })).toEqual({
      ...failed,
      detail: `HTTP ${status}: ${error}`,
      isForGood,
    });
  });

  it("too many are taken later", async () => {
    const provider = fakeSlack(clock, { path, messages: { max: 1, perMs: 1_000 } });
    await sendBy({ provider, written });
    expect(await sendBy({ provider, written })).toEqual({
      result: "failed",
      detail: "HTTP 429: rate_limited",
      retryAfterMs: 1_000,
      isForGood: false,
    });
  });

  it.each([
    [answered(200, "ok"), taken],
    [
      answered(200, "<html>sign in to the hotel's network"),
      { ...failed, detail: "HTTP 200", isForGood: false },
    ],
    [answered(400, "invalid_payload"), { ...failed, detail: "HTTP 400: invalid_payload", isForGood: true }],
    [
      answered(403, "<p>hooks.slack.test/services/T0000/B0000/x"),
      { ...failed, detail: "HTTP 403", isForGood: true },
    ],
    [
      answered(429, "", { "retry-after": "30" }),
      { ...failed, detail: "HTTP 429", retryAfterMs: 30_000, isForGood: false },
    ],
  ])("answer %#", (answer, read) => {
    expect(readAnswer(Channel.parse(written), answer)).toEqual(read);
  });
});

describe("Discord", () => {
  const written = SAMPLES.discord;
  it.each([
    [{ id: "other" }, 404, "10015 Unknown Webhook"],
    [{ token: "other" }, 401, "50027 Invalid Webhook Token"],
  ])("%j is refused for good", async (other, status, code) => {
    const provider = fakeDiscord(clock, { ...ids, ...other });
    expect(await sendBy({ provider, written })).toEqual({
      ...failed,
      detail: `HTTP ${status}: ${code}`,
      isForGood: true,
    });
  });

  it("too many are taken as soon as it says, to the fraction of a second", async () => {
    const provider = fakeDiscord(clock, { ...ids, messages: { max: 1, perMs: 1_500 } });
    await sendBy({ provider, written });
    expect(await sendBy({ provider, written })).toEqual({
      result: "failed",
      detail: "HTTP 429: You are being rate limited.",
      retryAfterMs: 1_500,
      isForGood: false,
    });
  });

  it("pings nobody, and shows no preview", async () => {
    const flagsOf = async (kind: "ring" | "update") => await (await requestFor(written, { kind })).json();
    expect(await flagsOf("ring")).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 });
    expect(await flagsOf("update")).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4_100 });
  });

  it.each([
    [answered(200, { id: "1" }), taken],
    [answered(204, ""), taken],
    [
      answered(200, "<html>sign in to the hotel's network"),
      { ...failed, detail: "HTTP 200", isForGood: false },
    ],
    [
      answered(429, "error code: 1015", { "retry-after": "3" }),
      { ...failed, detail: "HTTP 429", retryAfterMs: 3_000, isForGood: false },
    ],
    [
      answered(429, { retry_after: 1e300, message: "x" }),
      { ...failed, detail: "HTTP 429: x", retryAfterMs: 3_600_000, isForGood: false },
    ],
    [answered(429, { retry_after: "soon" }), { ...failed, detail: "HTTP 429", isForGood: false }],
    [
      answered(400, { message: "Invalid Form Body", code: 50_035, errors: {} }),
      { ...failed, detail: "HTTP 400: 50035 Invalid Form Body", isForGood: true },
    ],
    [answered(502, "x"), { ...failed, detail: "HTTP 502", isForGood: false }],
  ])("answer %#", (answer, read) => {
    expect(readAnswer(Channel.parse(written), answer)).toEqual(read);
  });
});
