// What the desk makes of a provider's answer, however it comes: too long, never ending, stalled, a redirect, a mailer's
// error.
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { ANSWER_BYTES_MAX } from "../../../../control-plane/src/channels/answers.ts";
import { CHANNELS } from "../../../../control-plane/src/channels/channel-list.ts";
import type { Delivery } from "../../../../control-plane/src/core/desk/records/pages/delivery.ts";
import { refusalOfMailer } from "../../../../control-plane/src/platform/desk/mailer-errors.ts";
import type { RouteBindings } from "../../../../control-plane/src/platform/desk/routes.ts";
import { PIGEON } from "./pigeon.ts";

const LIST = "../../../../control-plane/src/channels/channel-list.ts";
vi.resetModules();
vi.doMock(LIST, () => ({ CHANNELS: [...CHANNELS, PIGEON] }));
const { exchange } = await import("../../../../control-plane/src/platform/desk/exchange.ts");
const { askReceipt, sendPage, settleDelivery } =
  await import("../../../../control-plane/src/platform/desk/send-page.ts");
const { Policy } = await import("../../../../control-plane/src/policy/policy.ts");

afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  vi.doUnmock(LIST);
  vi.resetModules();
});

const policy = Policy.parse({
  version: 1,
  channels: {
    terminal: { kind: "terminal" },
    way: { kind: "pigeon", loft: "https://loft.test/in", secret: "CHANNEL_PIGEON" },
  },
});
const bound: RouteBindings & Readonly<Record<string, string>> = {
  PUBLIC_URL: "https://desk.test",
  CHANNEL_PIGEON: "tk_secret",
};
const page = {
  key: "k",
  kind: "ring",
  incidentId: null,
  approvalId: null,
  earlier: null,
  responder: "operator",
  severity: "error",
  title: "t",
  body: "b",
  createdAt: 0,
  path: "/",
} as const;

/** The bound is over after some milliseconds, as it would be after ten seconds. */
function shortBound(afterMs = 20): void {
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new DOMException("too late", "TimeoutError")), afterMs);
    return controller.signal;
  });
}

function answerWith(respond: () => Response | Promise<Response>) {
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => respond());
}
const send = (bindings: object = bound, channel = "way") =>
  sendPage(page, channel, { policy, bindings: bindings as RouteBindings, now: 0 });

/** A body that says this and then nothing more, without an end; or goes on for ever. */
function stalling(text: string, goesOn = false): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let isFirst = true;
  return new ReadableStream({
    pull: (controller) => {
      if (isFirst || goesOn) controller.enqueue(bytes);
      isFirst = false;
      return goesOn ? undefined : new Promise(() => {});
    },
    // A provider whose connection cannot even be let go.
    cancel: () => new Promise(() => {}),
  });
}

describe("an answer", () => {
  it("with a handle is kept by it", async () => {
    answerWith(() => Response.json({ handle: "r1" }));
    expect(await send()).toEqual({ result: "delivered", detail: "HTTP 200", handle: "r1" });
  });

  it.each([
    ["longer than any provider's own", "r".repeat(256)],
    ["that moves a cursor", "r\u001b[2J"],
    ["beyond ASCII", "r\u202e1"],
    ["that is empty", ""],
  ])("with a handle %s counts as taken, and is called nothing", async (_what, handle) => {
    answerWith(() => Response.json({ handle }));
    expect(await send()).toEqual({ result: "delivered", detail: "HTTP 200" });
  });

  it("that quotes a secret is kept without it, however short it is", async () => {
    const bindings = { ...bound, CHANNEL_PIGEON: "hunter2+x/y", CHANNEL_OTHER: "tk/other" };
    answerWith(() => Response.json({ why: 'bad key "hunter2+x/y" (tk/other)' }, { status: 403 }));
    expect(await send(bindings)).toMatchObject({ detail: 'HTTP 403: bad key "..." (...)' });
    answerWith(() => new Response(String.raw`{"why":"hunter2+x\/y"}`, { status: 403 }));
    expect(await send(bindings)).toMatchObject({ detail: "HTTP 403: ..." });
  });

  it("that asks for a fraction of a moment is waited for by whole milliseconds", async () => {
    answerWith(() => Response.json({ why: "slow", retryAfterMs: 0.25 }, { status: 429 }));
    expect(await send()).toMatchObject({ retryAfterMs: 1 });
    answerWith(() => Response.json({ why: "slow", retryAfterMs: -7 }, { status: 429 }));
    expect(await send()).toMatchObject({ retryAfterMs: 0 });
  });

  it("that never comes is a time-out", async () => {
    shortBound();
    answerWith(() => new Promise(() => {}));
    const silent = { result: "failed", detail: "no answer in 10000 ms", isTimeout: true };
    expect(await send()).toEqual({ ...silent, mayHaveCome: true });
  });

  it.each([
    [400, undefined],
    [404, undefined],
    [429, undefined],
    [302, undefined],
    [500, true],
    [503, true],
  ])("with %d says whether it may have come all the same", async (status, mayHaveCome) => {
    answerWith(() => new Response(null, { status }));
    const receipt = await send();
    expect("mayHaveCome" in receipt ? receipt.mayHaveCome : undefined).toBe(mayHaveCome);
  });

  it("that breaks off may have come", async () => {
    answerWith(() => Promise.reject(new TypeError("Network connection lost.")));
    expect(await send()).toEqual({ result: "failed", detail: "connection failed", mayHaveCome: true });
  });

  it("whose body stalls after a status that says taken counts as taken, and is called nothing", async () => {
    shortBound();
    answerWith(() => new Response(stalling('{"handle":')));
    expect(await send()).toEqual({ result: "delivered", detail: "HTTP 200, and no end of its answer" });
  });

  it("whose body said all that is needed before it stalled is read", async () => {
    shortBound();
    answerWith(() => new Response(stalling('{"handle":"r1"}')));
    expect(await send()).toMatchObject({ result: "delivered", handle: "r1" });
  });

  it("whose body stalls after a refusal is that refusal, and when it is to be tried again", async () => {
    shortBound();
    answerWith(() => new Response(stalling("{"), { status: 429, headers: { "retry-after": "7" } }));
    expect(await send()).toEqual({ result: "failed", detail: "HTTP 429: no handle", retryAfterMs: 7_000 });
  });

  it("without end is read up to the bound, and not waited for", async () => {
    answerWith(() => new Response(stalling("x".repeat(5_000), true)));
    expect(await send()).toMatchObject({ result: "delivered" });
    const read = await exchange(
      async () => ({ ok: true, value: { by: "network", request: new Request("https://loft.test") } }),
      bound,
    );
    if (read.kind !== "answer") throw new Error(read.kind);
    expect([read.isWhole, read.answer.body.length]).toEqual([false, ANSWER_BYTES_MAX]);
  });

  it("whole and without a handle is what the channel makes of it", async () => {
    answerWith(() => Response.json({ error: "full" }));
    expect(await send()).toMatchObject({ result: "failed", detail: "HTTP 200: no handle" });
  });

  it.each([301, 302, 307, 308])("%d leads elsewhere and fails, whatever stands in it", async (status) => {
    const body = JSON.stringify({ handle: "r1", stage: "acknowledged" });
    answerWith(() => new Response(body, { status, headers: { location: "https://evil.test/" } }));
    expect(await send()).toEqual({ result: "failed", detail: `HTTP ${status}` });
    expect(await askReceipt(DELIVERY, by)).toEqual({ receipt: null });
    expect(await settleDelivery(DELIVERY, by)).toEqual({ result: "failed" });
  });

  it("of a terminal that never answers is bounded too", async () => {
    shortBound();
    const TERMINAL = { fetch: () => new Promise<Response>(() => {}) };
    expect(await send({ ...bound, TERMINAL }, "terminal")).toMatchObject({ isTimeout: true });
  });
});

const DELIVERY = {
  deliveryKey: "k@way",
  channel: "way",
  handle: "r1",
  incidentId: "inc_1",
  pageKey: "k",
  settle: "resolved",
} as Delivery;
const by = { policy, bindings: bound, now: 0 };

describe("a provider that is told that nobody needs a page any more", () => {
  it.each([
    [200, "told"],
    [404, "told"],
    [401, "told"],
    [408, "failed"],
    [429, "failed"],
    [503, "failed"],
  ])("and answers %d counts as %s", async (status, result) => {
    answerWith(() => new Response(null, { status }));
    expect(await settleDelivery(DELIVERY, by)).toEqual({ result });
  });

  it("is told no sooner than it says, by a header or by its own body", async () => {
    answerWith(() => new Response(null, { status: 429, headers: { "retry-after": "7" } }));
    expect(await settleDelivery(DELIVERY, by)).toEqual({ result: "failed", retryAfterMs: 7_000 });
    answerWith(() => Response.json({ retryAfterMs: 9_000 }, { status: 429 }));
    expect(await settleDelivery(DELIVERY, by)).toEqual({ result: "failed", retryAfterMs: 9_000 });
  });

  it("is not told while its secret is not bound, and may be later", async () => {
    expect(await settleDelivery(DELIVERY, { ...by, bindings: { PUBLIC_URL: "https://desk.test" } })).toEqual({
      result: "failed",
    });
  });

  it("that is told no such thing, or is not in the policy any more, is done with", async () => {
    const untold = { ...DELIVERY, channel: "terminal" };
    expect(await settleDelivery(untold, by)).toEqual({ result: "told" });
    expect(await settleDelivery({ ...DELIVERY, channel: "gone" }, by)).toEqual({ result: "told" });
    expect(await settleDelivery({ ...DELIVERY, settle: null }, by)).toEqual({ result: "told" });
  });
});

it("a question whose answer stalls, fails or is none says nothing", async () => {
  answerWith(() => Response.json({ stage: "acknowledged" }));
  expect(await askReceipt(DELIVERY, by)).toEqual({
    receipt: { stage: "acknowledged", at: null, detail: "" },
  });
  answerWith(() => {
    throw new Error("down");
  });
  expect(await askReceipt(DELIVERY, by)).toEqual({ receipt: null });
  expect(await askReceipt({ ...DELIVERY, channel: "terminal" }, by)).toEqual({ receipt: null });
});

it.each([
  [429, { "retry-after": "7" }, { retryAfterMs: 7_000 }],
  [503, { "retry-after": "7" }, { retryAfterMs: 7_000 }],
  [500, {}, {}],
  [404, {}, { isForGood: true }],
  [401, {}, { isForGood: true }],
])("a question that is answered with %d %j says %j", async (status, headers, refusal) => {
  answerWith(() => new Response(null, { status, headers: headers as Record<string, string> }));
  expect(await askReceipt(DELIVERY, by)).toEqual({ receipt: null, ...refusal });
});

describe("a mail", () => {
  const mail = { from: "desk@desk.test", to: "a@a.test", subject: "s", text: "t", headers: {} };
  const post = (EMAIL: object) =>
    exchange(async () => ({ ok: true, value: { by: "mail", mail } }), { EMAIL } as never);

  it("that was taken is answered with the id that the mailer gave", async () => {
    const sent = await post({ send: async () => ({ messageId: "m1" }) });
    expect(sent).toMatchObject({ kind: "answer", answer: { status: 200, body: '{"messageId":"m1"}' } });
    expect(await post({ send: async () => {} })).toMatchObject({ kind: "answer", answer: { body: "" } });
  });

  it("that the mailer never answers is a time-out, and one without a mailer a problem", async () => {
    shortBound();
    expect(await post({ send: () => new Promise(() => {}) })).toEqual({ kind: "silent", isTimeout: true });
    expect(await exchange(async () => ({ ok: true, value: { by: "mail", mail } }), {})).toEqual({
      kind: "problem",
      problem: "no mailer is bound as EMAIL",
    });
  });

  it.each([
    ["E_RATE_LIMIT_EXCEEDED", 60_000, false],
    ["E_DAILY_LIMIT_EXCEEDED", 3_600_000, false],
    ["E_DELIVERY_FAILED", null, false],
    ["E_INTERNAL_SERVER_ERROR", null, false],
    ["E_SENDER_NOT_VERIFIED", null, true],
    ["E_RECIPIENT_NOT_ALLOWED", null, true],
    ["E_RECIPIENT_SUPPRESSED", null, true],
    ["E_HEADER_NOT_ALLOWED", null, true],
  ])("refused with %s says the code, and no address", async (code, retryAfterMs, isForGood) => {
    const thrown = Object.assign(new Error("a@a.test is refused"), { code });
    const refused = await post({ send: async () => Promise.reject(thrown) });
    const detail = `the mailer refused: ${code}`;
    expect(refused).toEqual({
      kind: "refused",
      refusal: { result: "failed", detail, retryAfterMs, isForGood },
    });
  });

  it.each([
    ["no code", new Error("a@a.test")],
    ["a code of another form", Object.assign(new Error("x"), { code: "a@a.test" })],
    ["no error", "a@a.test"],
  ])("refused with %s says nothing more", (_what, thrown) => {
    expect(refusalOfMailer(thrown)).toEqual({
      result: "failed",
      detail: "the mailer failed",
      retryAfterMs: null,
      isForGood: false,
    });
  });
});
