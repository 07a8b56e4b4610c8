// Pushover against a fake that goes by its documentation: what is sent for each kind of page, how an emergency is heard
// of and ended.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  Channel,
  channelProblemOf,
  nameBeforehand,
  readAnswer,
  readReceipt,
  wayOfChannel,
} from "../../../control-plane/src/channels/any-channel.ts";
import { fakePushover } from "../../providers/pushover.ts";
import { answered, askBy, handleOf, HOSTILE, sendBy, settleBy } from "./exchange.ts";
import { bound, MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const USER = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG";
const TOKEN = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
const written = SAMPLES.pushover;
const channel = Channel.parse(written);
const failed = { result: "failed", retryAfterMs: null };
const at = MESSAGE.sentAt;
const TAG = `countersign-${createHash("sha256").update(MESSAGE.key).digest("hex").slice(0, 32)}`;
const invalid = { token: "invalid", errors: ["application token is invalid"], status: 0, request: "r" };

function world(options: Partial<Parameters<typeof fakePushover>[1]> = {}) {
  const clock = { now: at };
  const provider = fakePushover(clock, { token: TOKEN, users: [USER], ...options });
  const send = (text = {}) => sendBy({ provider, written }, text);
  return { clock, provider, send, ask: (handle: string) => askBy({ provider, written }, handle) };
}

async function ringIn({ send }: ReturnType<typeof world>): Promise<string> {
  const taken = await send();
  if (taken.result === "failed" || taken.handle === null) throw new Error(JSON.stringify(taken));
  return taken.handle;
}

async function formOf(text = {}, more = {}): Promise<URLSearchParams> {
  return new URLSearchParams(await (await requestFor({ ...written, ...more }, text)).text());
}

describe("what is sent", () => {
  it.each([
    ["ring", "critical", "2"],
    ["ring", "error", "2"],
    ["ring", "warning", "1"],
    ["ring", "info", "0"],
    ["test", "error", "2"],
    ["test", "info", "0"],
    ["update", "critical", "-1"],
    ["recovered", "critical", "0"],
    ["sign-in", "info", "0"],
  ] as const)("a %s, %s has priority %s", async (kind, severity, priority) => {
    const form = await formOf({ kind, severity });
    expect(form.get("priority")).toBe(priority);
    expect([form.get("retry"), form.get("expire")]).toEqual(priority === "2" ? ["60", "900"] : [null, null]);
    expect(form.get("ttl")).toBe(kind === "update" ? "86400" : null);
    const { provider, send } = world();
    expect(await send({ kind, severity })).toMatchObject({ result: "accepted" });
    expect(provider.arrived[0]?.isLoud).toBe(kind !== "update");
    expect(provider.ringing.size).toBe(priority === "2" ? 1 : 0);
  });

  it("says what, where to, and since when", async () => {
    const request = await requestFor(written);
    expect([request.method, request.url]).toEqual(["POST", "https://api.pushover.test/1/messages.json"]);
    expect(Object.fromEntries(new URLSearchParams(await request.text()))).toEqual({
      token: TOKEN,
      user: USER,
      title: MESSAGE.title,
      message: MESSAGE.body,
      timestamp: String(MESSAGE.createdAt / 1_000),
      priority: "2",
      retry: "60",
      expire: "900",
      tags: TAG,
      url: MESSAGE.url,
      url_title: "Open",
    });
    const chosen = await formOf({}, { device: "phone", sound: "siren" });
    expect([chosen.get("device"), chosen.get("sound")]).toEqual(["phone", "siren"]);
    expect((await formOf({ kind: "update" }, { sound: "siren" })).get("sound")).toBeNull();
    expect((await formOf({ url: null })).has("url_title")).toBe(false);
  });

  it.each(HOSTILE)("hostile text is cut, and shown: %#", async (text) => {
    const { provider, send } = world();
    expect(await send({ title: text, body: text })).toMatchObject({ result: "accepted" });
    expect(provider.arrived[0]?.title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect((await formOf({ body: text })).has("html")).toBe(false);
  });

  it("has a message to the last character, and never none", async () => {
    expect((await formOf({ body: "a".repeat(1_024), title: "b".repeat(250) })).get("message")).toHaveLength(
      1_024,
    );
    expect((await formOf({ body: "a".repeat(1_025) })).get("message")).toBe(`${"a".repeat(1_023)}…`);
    expect((await formOf({ title: "b".repeat(251) })).get("title")).toBe(`${"b".repeat(249)}…`);
    expect((await formOf({ body: " \n" })).get("message")).toBe(MESSAGE.title);
    const longUrl = `https://desk.test/${"x".repeat(600)}`;
    expect((await formOf({ url: longUrl })).has("url")).toBe(false);
  });

  it.each([
    [{ user: "alice@example.org" }, false],
    [{ user: USER.slice(1) }, false],
    [{ device: "a b" }, false],
    [{ sound: "siren;" }, false],
    [{ secret: "PUSHOVER" }, false],
    [{ server: undefined }, true],
  ])("a policy may write %j: %s", (more, isFine) => {
    expect(Channel.safeParse({ ...written, ...more }).success).toBe(isFine);
  });

  it.each([undefined, "", "short", `${TOKEN.slice(1)}!`])(
    "the token %s is a problem, and is not quoted",
    (token) => {
      const problem = channelProblemOf(channel, bound({ CHANNEL_PUSHOVER: token }));
      expect(problem).toContain("CHANNEL_PUSHOVER");
      if (token !== undefined && token !== "") expect(problem).not.toContain(token);
    },
  );
});

describe("what becomes of an emergency", () => {
  it("on its way, delivered, then acknowledged", async () => {
    const it = world();
    const handle = await ringIn(it);
    expect(await it.ask(handle)).toEqual({
      stage: "delivered",
      at: Math.floor(at / 1_000) * 1_000,
      detail: "sent to devices",
    });
    it.clock.now += 5_000;
    expect(await it.provider.acknowledge(handle)).toBe(true);
    expect(await it.ask(handle)).toEqual({
      stage: "acknowledged",
      at: Math.floor((at + 5_000) / 1_000) * 1_000,
      detail: "acknowledged in Pushover",
    });
    expect(it.provider.ringing.size).toBe(0);
  });

  it("unreached, then lost", async () => {
    const it = world({ isReached: () => false });
    const handle = await ringIn(it);
    expect(await it.ask(handle)).toBeNull();
    it.clock.now += 900_000;
    expect(await it.ask(handle)).toMatchObject({ stage: "lost" });
  });

  it.each(["acknowledged", "resolved", "superseded"] as const)(
    "falls silent when %s elsewhere, twice the same",
    async (how) => {
      const { provider, send } = world();
      const taken = await send();
      const handle = taken.result === "accepted" ? (taken.handle ?? "") : "";
      expect([...provider.ringing]).toEqual([handle]);
      expect(await settleBy({ provider, written }, handle, how)).toBe(200);
      expect(await settleBy({ provider, written }, handle, how)).toBe(200);
      expect(provider.ringing.size).toBe(0);
      expect(wayOfChannel(channel).settles).toContain(how);
    },
  );

  it("falls silent by the name that it has before it is sent, each attempt of it, and no other", async () => {
    const { provider, send } = world();
    const other = await handleOf({ provider, written }, { key: "inc_1:ring:1:bob" });
    await send();
    await send();
    expect(nameBeforehand(channel, MESSAGE)).toBe(TAG);
    expect(await settleBy({ provider, written }, TAG, "resolved")).toBe(200);
    expect([...provider.ringing]).toEqual([other]);
    // Of what never came there is nothing to end, and that is said as well.
    expect(await settleBy({ provider, written }, TAG, "resolved")).toBe(200);
  });

  it.each([
    [{ kind: "ring", severity: "warning" }, false],
    [{ kind: "update", severity: "critical" }, false],
    [{ kind: "recovered", severity: "critical" }, false],
    [{ kind: "test", severity: "error" }, true],
  ] as const)("%j has a name beforehand: %s", async (text, isNamed) => {
    const name = nameBeforehand(channel, { ...MESSAGE, ...text });
    expect(name !== null).toBe(isNamed);
    expect((await formOf(text)).get("tags")).toBe(name);
  });

  it("is asked about as often as it allows, until it has expired", () => {
    const { arrivesWithinMs, asksEveryMs, asksUntilMs } = wayOfChannel(channel);
    expect(Math.min(...asksEveryMs)).toBe(5_000);
    expect(asksUntilMs).toBeGreaterThanOrEqual(900_000 + Math.max(...asksEveryMs));
    expect(arrivesWithinMs).toBe(45_000);
  });

  const state = { status: 1, acknowledged: 0, acknowledged_at: 0, last_delivered_at: 0, expired: 0 };
  it.each([
    [answered(200, state), null],
    [answered(200, { ...state, acknowledged: 1, acknowledged_at: "x" }), "acknowledged"],
    [answered(200, { ...state, acknowledged: 1, expired: 1 }), "acknowledged"],
    [answered(200, { ...state, expired: 1, last_delivered_at: 1 }), "lost"],
    [answered(200, { ...state, status: 0, acknowledged: 1 }), null],
    [answered(404, { ...state, acknowledged: 1 }), null],
    [answered(500, "<html>"), null],
    [answered(200, "[1]"), null],
  ])("receipt %#", (answer, stage) => {
    expect(readReceipt(channel, answer)?.stage ?? null).toBe(stage);
  });
});

describe("what an answer means", () => {
  it("who is not known is refused for good", async () => {
    const { send } = world({ users: [] });
    expect(await send()).toEqual({
      ...failed,
      detail: "HTTP 400: user identifier is not a valid user, group, or subscribed user key",
      isForGood: true,
    });
    const other = world({ token: "b".repeat(30) });
    expect(await other.send()).toEqual({
      ...failed,
      detail: "HTTP 400: application token is invalid",
      isForGood: true,
    });
  });

  it("over the month's limit it is taken later, and not believed to be a month", async () => {
    const { send } = world({ messagesAMonth: 1 });
    await send();
    expect(await send()).toEqual({
      result: "failed",
      detail: "HTTP 429: application is over its monthly message quota",
      retryAfterMs: 3_600_000,
      isForGood: false,
    });
  });

  const soon = { "x-limit-app-reset": "1767225660", date: "Thu, 01 Jan 2026 00:00:30 GMT" };
  it.each([
    [
      answered(200, { status: 1, request: "r", receipt: "r".repeat(30) }),
      { result: "accepted", handle: "r".repeat(30) },
    ],
    [answered(200, { status: 1, request: "r", receipt: "../x" }), { result: "accepted", handle: null }],
    [answered(200, { status: 1, request: "r" }), { result: "accepted", handle: null }],
    [
      answered(200, "<html>sign in to the hotel's network"),
      { ...failed, detail: "HTTP 200", isForGood: false },
    ],
    [answered(200, { status: 0, errors: ["x"] }), { ...failed, detail: "HTTP 200: x", isForGood: false }],
    [
      answered(429, { status: 0 }, soon),
      { ...failed, detail: "HTTP 429", retryAfterMs: 30_000, isForGood: false },
    ],
    [
      answered(429, { status: 0 }, { "x-limit-app-reset": "soon" }),
      { ...failed, detail: "HTTP 429", isForGood: false },
    ],
    [
      answered(503, "x", { "retry-after": "9" }),
      { ...failed, detail: "HTTP 503", retryAfterMs: 9_000, isForGood: false },
    ],
    [
      answered(400, { ...invalid, errors: [TOKEN, 1, "b"] }),
      { ...failed, detail: "HTTP 400: ..., b", isForGood: true },
    ],
  ])("answer %#", (answer, taken) => {
    expect(readAnswer(channel, answer)).toEqual(taken);
  });
});
