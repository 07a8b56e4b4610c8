// The signed webhook against a receiver as Standard Webhooks wants one: what it gets, what it takes for a repeat, and
// what its answers mean.
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Channel, channelProblemOf, readAnswer } from "../../../control-plane/src/channels/any-channel.ts";
import { fakeWebhook } from "../../providers/webhook.ts";
import { answered, HOSTILE, sendBy } from "./exchange.ts";
import { bound, MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const SECRET = "whsec_dGVzdC1zZWNyZXQtb2YtYXQtbGVhc3QtMTYtYnl0ZXM=";
const written = SAMPLES.webhook;
const channel = Channel.parse(written);
const accepted = { result: "accepted", handle: null };
const failed = { result: "failed", retryAfterMs: null, isForGood: false };
const clock = { now: MESSAGE.sentAt };
const receiver = (more = {}) => fakeWebhook(clock, { secret: SECRET, ...more });
const { createdAt: _createdAt, earlier: _earlier, sentAt: _sentAt, toldAt: _toldAt, ...told } = MESSAGE;

afterEach(() => vi.useRealTimers());

describe("what is sent", () => {
  it("is one signed event", async () => {
    const request = await requestFor(written);
    expect([request.method, request.url]).toEqual(["POST", "https://hook.test/in"]);
    expect(Object.fromEntries(request.headers)).toEqual({
      "content-type": "application/json",
      "webhook-id": "inc_1:ring:1:alice:1767225600000",
      "webhook-timestamp": "1767225660",
      "webhook-signature": expect.stringMatching(/^v1,[\w+/]{43}=$/),
    });
    expect(await request.json()).toEqual({
      type: "page.ring",
      timestamp: "2026-01-01T00:01:00.500Z",
      data: told,
    });
  });

  it("is what a receiver with the library accepts, and nothing else", async () => {
    vi.useFakeTimers({ now: MESSAGE.sentAt });
    const request = await requestFor(written);
    const body = await request.text();
    const headers = Object.fromEntries(request.headers);
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({ type: "page.ring" });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
  });

  it.each(["ring", "update", "recovered", "test", "sign-in"] as const)("a %s is taken", async (kind) => {
    for (const url of [MESSAGE.url, null]) {
      const provider = receiver();
      expect(await sendBy({ provider, written }, { kind, url })).toEqual(accepted);
      expect(provider.arrived).toMatchObject([
        { key: MESSAGE.key, title: MESSAGE.title, body: MESSAGE.body },
      ]);
      expect(provider.arrived[0]?.isLoud).toBe(kind !== "update" && kind !== "recovered");
    }
  });

  it.each(HOSTILE)("hostile text is data: %#", async (text) => {
    const provider = receiver();
    expect(await sendBy({ provider, written }, { title: text, body: text })).toEqual(accepted);
    expect(provider.arrived).toMatchObject([{ title: text, body: text }]);
  });

  it("a repeat is told once; the same key of a page that was made anew is another", async () => {
    const provider = receiver();
    for (const text of [{}, { sentAt: MESSAGE.sentAt + 20_000 }, { createdAt: MESSAGE.createdAt + 1 }])
      expect(await sendBy({ provider, written }, text)).toEqual(accepted);
    expect(provider.arrived).toHaveLength(2);
  });
});

describe("what an answer means", () => {
  it("an endpoint that is gone is gone for good", async () => {
    expect(await sendBy({ provider: receiver({ isGone: true }), written })).toEqual({
      ...failed,
      detail: "HTTP 410",
      isForGood: true,
    });
  });

  it.each([
    ["another secret", {}, { CHANNEL_HOOK: "whsec_YW5vdGhlci1zZWNyZXQtb2YtMTYtYnl0ZXM=" }],
    ["a clock that is wrong", { sentAt: MESSAGE.sentAt - 300_501 }, {}],
  ])("%s is refused, and may be set right over there", async (_what, text, secrets) => {
    const provider = receiver();
    expect(await sendBy({ provider, written, bindings: bound(secrets) }, text)).toEqual({
      ...failed,
      detail: "HTTP 401",
    });
    expect(provider.arrived).toEqual([]);
  });

  it.each([
    [answered(200, "thanks"), accepted],
    [answered(202, ""), accepted],
    [answered(404, "no such deployment"), { ...failed, detail: "HTTP 404" }],
    [answered(302, "", { location: "https://evil.test" }), { ...failed, detail: "HTTP 302" }],
    [answered(429, "", { "retry-after": "17" }), { ...failed, detail: "HTTP 429", retryAfterMs: 17_000 }],
    [answered(500, "a stack with secrets"), { ...failed, detail: "HTTP 500" }],
  ])("answer %#", (answer, taken) => {
    expect(readAnswer(channel, answer)).toEqual(taken);
  });
});

it.each([undefined, "", "hunter2", "whsec_c2hvcnQ=", "whsec_***"])(
  "the secret %s is a problem, and is not quoted",
  (secret) => {
    const problem = channelProblemOf(channel, bound({ CHANNEL_HOOK: secret }));
    expect(problem).toContain("CHANNEL_HOOK");
    if (secret !== undefined && secret !== "") expect(problem).not.toContain(secret);
  },
);
