// PagerDuty's Events API against a fake that goes by its documentation: one alert for an incident, what opens it, adds
// to it and ends it.
import { describe, expect, it } from "vitest";
import {
  Channel,
  channelProblemOf,
  channelRequestOf,
  nameBeforehand,
  readAnswer,
  wayOfChannel,
} from "../../../control-plane/src/channels/any-channel.ts";
import { fakePagerDuty } from "../../providers/pagerduty.ts";
import { answered, HOSTILE, sendBy, settleBy } from "./exchange.ts";
import { BINDINGS, bound, MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const KEY = "R03E5KDPTEST0000000000000000AAAA";
// What it hears, and what that adds to a summary: pagerduty-told.test.ts.
const written = { ...SAMPLES.pagerduty, webhookSecret: undefined };
const channel = Channel.parse(written);
const failed = { result: "failed", retryAfterMs: null };
const HANDLE = "countersign/inc_1";

function world(options: Partial<Parameters<typeof fakePagerDuty>[1]> = {}) {
  const clock = { now: MESSAGE.sentAt };
  const provider = fakePagerDuty(clock, { routingKeys: [KEY], ...options });
  return { clock, provider, send: (text = {}) => sendBy({ provider, written }, text) };
}

describe("what is sent", () => {
  it("a ring opens an alert", async () => {
    const request = await requestFor(written);
    expect([request.method, request.url]).toEqual(["POST", "https://events.pagerduty.test/v2/enqueue"]);
    expect(await request.json()).toEqual({
      routing_key: KEY,
      event_action: "trigger",
      dedup_key: HANDLE,
      payload: {
        summary: MESSAGE.title,
        source: "countersign",
        severity: "critical",
        timestamp: "2026-01-01T00:00:00.000Z",
        custom_details: { text: MESSAGE.body, responder: "alice", page: MESSAGE.key },
      },
      client: "Countersign",
      client_url: MESSAGE.url,
      links: [{ href: MESSAGE.url, text: "Open" }],
    });
    const { provider, send } = world();
    expect(await send()).toEqual({ result: "accepted", handle: HANDLE });
    expect(provider.arrived).toMatchObject([{ title: MESSAGE.title, body: MESSAGE.body, isLoud: true }]);
    expect([...provider.ringing]).toEqual([HANDLE]);
  });

  it("all that is told of an incident until somebody took it is one alert; an update makes no sound", async () => {
    const { provider, send } = world();
    const latest = { handle: HANDLE, isOpen: true };
    const again = { key: "inc_1:ring:2:alice", latest };
    for (const text of [{}, { kind: "update", latest }, again, { key: "inc_1:ring:1:bob", responder: "bob" }])
      expect(await send(text)).toEqual({ result: "accepted", handle: HANDLE });
    expect(provider.arrived.map(({ isLoud }) => isLoud)).toEqual([true, false, false, false]);
    expect(await send({ incidentId: "inc_2" })).toMatchObject({ handle: "countersign/inc_2" });
    expect(provider.ringing.size).toBe(2);
  });

  it("an update that adds to no alert opens none: it is a change event", async () => {
    const { provider, send } = world();
    const digest = { kind: "update", incidentId: null, key: "dig_1:update:0:alice" } as const;
    for (const text of [digest, { kind: "update" } as const])
      expect(await send(text)).toEqual({ result: "accepted", handle: null });
    expect(provider.arrived.map(({ isLoud }) => isLoud)).toEqual([false, false]);
    expect(provider.ringing.size).toBe(0);
  });

  it("a ring after somebody took it opens an alert of its own, as loud as the first; updates go to that one", async () => {
    const { provider, send } = world();
    await send();
    const second = "countersign/inc_1:3";
    const latest = { handle: HANDLE, isOpen: false };
    expect(await send({ kind: "update", latest })).toEqual({ result: "accepted", handle: HANDLE });
    expect(await send({ key: "inc_1:ring:3:alice", latest })).toEqual({ result: "accepted", handle: second });
    const later = { handle: second, isOpen: true };
    expect(await send({ kind: "update", latest: later })).toEqual({ result: "accepted", handle: second });
    expect(provider.arrived.map(({ isLoud }) => isLoud)).toEqual([true, false, true, false]);
  });

  it("the end resolves it", async () => {
    const { provider, send } = world();
    await send();
    expect(await send({ kind: "recovered" })).toEqual({ result: "accepted", handle: HANDLE });
    expect(provider.ringing.size).toBe(0);
    expect(provider.arrived).toHaveLength(1);
    const request = await requestFor(written, { kind: "recovered" });
    expect(await request.json()).toEqual({ routing_key: KEY, event_action: "resolve", dedup_key: HANDLE });
  });

  it.each([
    [{ kind: "test", incidentId: "tst_1", key: "tst_1:test:0:alice" }, "countersign-test/tst_1"],
    [{ incidentId: null, key: "k:1" }, "countersign/k:1"],
    [{ incidentId: "i".repeat(400) }, expect.stringMatching(/^.{255}$/)],
  ] as const)("%j has a key of its own", async (text, handle) => {
    expect(await world().send(text)).toEqual({ result: "accepted", handle });
  });

  it("a sign-in link does not go to a whole service", async () => {
    const made = await channelRequestOf(channel, { ...MESSAGE, kind: "sign-in" }, BINDINGS);
    expect(made).toMatchObject({ ok: false, error: { problem: expect.stringContaining("sign-in") } });
  });

  it("keys that are too long stay apart", async () => {
    const { provider, send } = world();
    await send({ incidentId: `${"i".repeat(400)}1` });
    await send({ incidentId: `${"i".repeat(400)}2` });
    expect(provider.ringing.size).toBe(2);
  });

  it.each(["critical", "error", "warning", "info"] as const)("%s stays %s", async (severity) => {
    expect(await (await requestFor(written, { severity })).json()).toMatchObject({ payload: { severity } });
  });

  it.each(HOSTILE)("hostile text is cut, and shown: %#", async (text) => {
    const { provider, send } = world();
    expect(await send({ title: text, body: text })).toMatchObject({ result: "accepted" });
    expect(provider.arrived[0]?.title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(provider.arrived[0]?.body.length).toBeLessThanOrEqual(4_096);
  });

  it.each([undefined, "", "short", `${KEY} `])("the key %s is a problem, and is not quoted", (key) => {
    const problem = channelProblemOf(channel, bound({ CHANNEL_PAGERDUTY: key }));
    expect(problem).toContain("CHANNEL_PAGERDUTY");
    if (key !== undefined && key !== "") expect(problem).not.toContain(key);
  });
});

describe("what it is told afterwards", () => {
  it("that somebody has it; that it is over; each as often as one likes", async () => {
    const { provider, send } = world();
    await send();
    for (const how of ["acknowledged", "acknowledged", "resolved", "resolved"] as const) {
      expect(await settleBy({ provider, written }, HANDLE, how)).toBe(202);
      expect(provider.ringing.size).toBe(0);
    }
    await send();
    expect(provider.arrived.map(({ isLoud }) => isLoud)).toEqual([true, true]);
  });

  it("an acknowledged one is open: what comes on top of it makes no sound", async () => {
    const { provider, send } = world();
    await send();
    await settleBy({ provider, written }, HANDLE, "acknowledged");
    await send();
    expect(provider.arrived.map(({ isLoud }) => isLoud)).toEqual([true, false]);
  });

  it("a test page that arrived is over: it leaves nothing open", async () => {
    const { provider, send } = world();
    const taken = await send({ kind: "test", incidentId: "tst_1" });
    await settleBy(
      { provider, written },
      taken.result === "accepted" ? (taken.handle ?? "") : "",
      "acknowledged",
    );
    await send({ kind: "test", incidentId: "tst_1" });
    expect(provider.arrived.map(({ isLoud }) => isLoud)).toEqual([true, true]);
  });

  it("nothing of a ring that is superseded: the newer one is the same alert", () => {
    const way = wayOfChannel(channel);
    expect([way.settles, way.asksEveryMs, way.acknowledges]).toEqual([
      ["acknowledged", "resolved"],
      [],
      false,
    ]);
  });
});

describe("by which name it is known before it is sent", () => {
  it.each([
    {},
    { kind: "test", incidentId: null, key: "tst_1:test:0:alice" },
    { key: "inc_1:ring:3:alice", latest: { handle: HANDLE, isOpen: false } },
    { key: "inc_1:ring:3:alice", latest: { handle: HANDLE, isOpen: true } },
    { incidentId: "i".repeat(400) },
  ] as const)("%j: the one that the answer gives", async (text) => {
    const handle = nameBeforehand(channel, { ...MESSAGE, ...text });
    expect(await world().send(text)).toEqual({ result: "accepted", handle });
  });

  it.each(["update", "recovered"] as const)("a message of kind %s has none: it opens nothing", (kind) => {
    expect(nameBeforehand(channel, { ...MESSAGE, kind })).toBeNull();
  });

  it("what was never opened can be ended: it stays as it is", async () => {
    const { provider } = world();
    for (const how of ["acknowledged", "resolved"] as const)
      expect(await settleBy({ provider, written }, HANDLE, how)).toBe(202);
    expect([provider.arrived.length, provider.ringing.size]).toEqual([0, 0]);
  });
});

describe("what an answer means", () => {
  it("a key that is not known is refused for good", async () => {
    expect(await world({ routingKeys: [] }).send()).toEqual({
      ...failed,
      detail: "HTTP 400: Invalid routing key",
      isForGood: true,
    });
  });

  it("too many events are taken later", async () => {
    const { send } = world({ events: { max: 1, perMs: 60_000 } });
    await send();
    expect(await send()).toEqual({ ...failed, detail: "HTTP 429", isForGood: false });
  });

  const keyTooShort = "Length of 'routing_key' is incorrect (should be 32 characters)";
  it.each([
    [
      answered(202, { status: "success", message: "Event processed", dedup_key: "k" }),
      { result: "accepted", handle: "k" },
    ],
    [answered(202, { status: "success" }), { result: "accepted", handle: null }],
    [answered(202, { status: "success", dedup_key: "k".repeat(256) }), { result: "accepted", handle: null }],
    [
      answered(200, "<html>sign in to the hotel's network"),
      { ...failed, detail: "HTTP 200", isForGood: false },
    ],
    [
      answered(400, { status: "invalid event", errors: [keyTooShort] }),
      { ...failed, detail: `HTTP 400: ${keyTooShort}`, isForGood: true },
    ],
    [answered(400, { errors: [KEY, 1] }), { ...failed, detail: "HTTP 400: ...", isForGood: true }],
    [answered(400, { message: "x" }), { ...failed, detail: "HTTP 400", isForGood: true }],
    [
      answered(429, "", { "retry-after": "12" }),
      { ...failed, detail: "HTTP 429", retryAfterMs: 12_000, isForGood: false },
    ],
    [answered(500, "x"), { ...failed, detail: "HTTP 500", isForGood: false }],
  ])("answer %#", (answer, taken) => {
    expect(readAnswer(channel, answer)).toEqual(taken);
  });
});
