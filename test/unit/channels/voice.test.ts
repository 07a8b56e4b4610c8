// Phone calls against a fake of Twilio: what is said, whose key press counts, what is no receipt, and what hosts' texts
// cannot do in a call.
import { describe, expect, it } from "vitest";
import {
  channelProblemOf,
  Channel,
  channelRequestOf,
} from "../../../control-plane/src/channels/any-channel.ts";
import { saidIn } from "../../providers/twiml.ts";
import { FakeVoice, type FarEnd, signedRequest } from "../../providers/voice.ts";
import { answering, askBy, handleOf, heard, HOSTILE_TEXTS, sendBy, settleBy, toldBy } from "./exchange.ts";
import { BINDINGS, MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const written = SAMPLES.voice;
const { account, from, to } = written as {
  readonly account: string;
  readonly from: string;
  readonly to: string;
};
const TOKEN = "0123456789abcdef0123456789abcdef";
const TOLD_AT = "https://desk.test/v1/channels/way";
const CALL = "CA00000000000000000000000000000001";

function line(farEnd: FarEnd = "person", became: "taken" | "refused" | "unknown" = "taken") {
  const clock = { now: MESSAGE.sentAt };
  const receipts: string[] = [];
  const provider = new FakeVoice({
    clock,
    account,
    token: TOKEN,
    from: [from],
    numbers: new Map([[to, farEnd]]),
    deliver: async (request) => {
      const told = await heard(written, await toldBy(request));
      if (!told.ok) return new Response("", { status: 403 });
      receipts.push(`${String(told.value.handle)} ${told.value.receipt?.stage}`);
      const { body, contentType } = told.value.answer(became);
      return new Response(body, { headers: { "content-type": contentType } });
    },
  });
  return { provider, written, clock, receipts };
}

describe("a call", () => {
  it("says host, service and what, and asks for a key", async () => {
    const at = line();
    const handle = await handleOf(at, { body: "web-1, since 03:12 (2m ago).\nevidence: a second line" });
    expect(at.provider.arrived[0]).toMatchObject({
      to,
      gatherUrl: TOLD_AT,
      statusUrl: TOLD_AT,
      timeoutMs: 30_000,
    });
    expect(at.provider.arrived[0]?.body).toBe(
      "Countersign. demo is failing on web-1. web-1, since 03:12 (2m ago). Press 1 to take it. No key was pressed. Goodbye.",
    );
    expect(at.provider.ringing).toEqual(new Set([handle]));
  });

  it("says it three times", async () => {
    const form = new URLSearchParams(await (await requestFor(written)).text());
    expect(form.get("Twiml")).toMatch(/<Say language="en-US" loop="3">Countersign\./);
  });

  it.each([
    null,
    "http://localhost:8787/v1/channels/way",
    "https://desk/v1/channels/way",
    "https://my_desk.test/v1/channels/way",
  ])("without an address (%s) it only says it", async (toldAt) => {
    const at = line();
    const handle = await handleOf(at, { toldAt });
    expect(at.provider.arrived[0]).toMatchObject({ gatherUrl: null, statusUrl: null });
    expect(at.provider.arrived[0]?.body).toContain("demo is failing on web-1");
    expect(at.provider.arrived[0]?.body).not.toContain("Press 1");
    expect(await at.provider.acknowledge(handle)).toBe(false);
  });

  it.each(["update", "recovered", "sign-in"] as const)(
    "is not made for a %s, whose link is not spoken",
    async (kind) => {
      const made = await channelRequestOf(Channel.parse(written), { ...MESSAGE, kind }, BINDINGS);
      expect(made).toEqual({
        ok: false,
        error: { reason: "secret-unusable", problem: expect.stringContaining("call") },
      });
    },
  );

  it.each(HOSTILE_TEXTS)("a host's text is only said: %s", async (_, text) => {
    const at = line();
    await handleOf(at, { title: text, body: text });
    const said = at.provider.arrived[0]?.body ?? "";
    expect(said).toMatch(/^Countersign\. .* Press 1 to take it\. No key was pressed\. Goodbye\.$/u);
    expect(said.length).toBeLessThan(600);
  });

  it("a document that is no TwiML is known as such", () => {
    for (const wrong of [
      "<Response><Dial>1</Dial></Response>",
      "<Response><Say>a & b</Say></Response>",
      "<Response>",
    ])
      expect(saidIn(wrong)).toBeNull();
  });
});

describe("what Twilio answers", () => {
  it.each([
    [{ to: "+15550009999" }, "HTTP 400: Twilio 21219", true],
    [{ from: "+15550009999" }, "HTTP 400: Twilio 21210", true],
    [{ secret: "CHANNEL_OTHER" }, "HTTP 401: Twilio 20003", true],
  ])("%j is refused for good, and no number is told", async (more, detail, isForGood) => {
    const bindings = { ...BINDINGS, CHANNEL_OTHER: TOKEN.replace("0", "f") };
    const taken = await sendBy({ ...line(), written: { ...written, ...more }, bindings });
    expect(taken).toEqual({ result: "failed", detail, isForGood, retryAfterMs: null });
  });

  it("too many at once are not refused for good", async () => {
    const at = line();
    for (let index = 0; index < 100; index += 1) await handleOf(at);
    expect(await sendBy(at)).toMatchObject({ detail: "HTTP 429: Twilio 20429", isForGood: false });
  });

  it.each([
    [400, { code: 10_004, message: "Call concurrency limit exceeded", status: 400 }, false],
    [400, { code: 21_215, message: "Account not authorized to call +1555.", status: 400 }, true],
    [503, { code: 20_503, message: "Service unavailable", status: 503 }, false],
    [201, { status: "queued" }, false],
  ])("%i with %j", async (status, body, isForGood) => {
    const provider = answering(Response.json(body, { status }));
    expect(await sendBy({ written, provider })).toMatchObject({ result: "failed", isForGood });
  });
});

describe("what became of a call", () => {
  it.each([
    ["person", 5_000, null],
    ["person", 30_000, "lost"],
    ["busy", 2_000, "lost"],
    ["unreachable", 2_000, "lost"],
    ["machine", 15_000, null],
    ["machine", 60_000, "lost"],
  ] as const)("%s, after %i ms: %s", async (farEnd, afterMs, stage) => {
    const at = line(farEnd);
    const handle = await handleOf(at);
    at.clock.now += afterMs;
    expect((await askBy(at, handle))?.stage ?? null).toBe(stage);
    await at.provider.tellEnd(handle);
    expect(at.receipts).toEqual(stage === null ? [] : [`${handle} ${stage}`]);
  });

  it("an answer that says nothing is nothing", async () => {
    expect(await askBy(line(), CALL)).toBeNull();
  });

  it.each(["acknowledged", "resolved", "superseded"] as const)("stops ringing once it is %s", async (how) => {
    const at = line();
    const handle = await handleOf(at);
    expect(await settleBy(at, handle, how)).toBe(200);
    expect(at.provider.ringing.size).toBe(0);
    expect(await settleBy(at, handle, how)).toBe(400);
  });

  it("whoever has taken it hears the end of it", async () => {
    const at = line();
    const handle = await handleOf(at);
    await at.provider.acknowledge(handle);
    await settleBy(at, handle, "acknowledged");
    expect(at.provider.ringing).toEqual(new Set([handle]));
  });
});

describe("the key", () => {
  it.each([
    ["taken", "Taken. You have it. Goodbye."],
    ["refused", "Not taken. Your role may not take it. Goodbye."],
    ["unknown", "Too late. This is over, or was forgotten. Goodbye."],
  ] as const)("1 takes it, and says that it is %s", async (became, said) => {
    const at = line("person", became);
    const handle = await handleOf(at);
    expect(await at.provider.acknowledge(handle)).toBe(true);
    expect([at.receipts, at.provider.said]).toEqual([[`${handle} acknowledged`], [said]]);
  });

  it.each(["2", "*", "11"])("%s takes nothing, and is asked again", async (digit) => {
    const at = line();
    await at.provider.acknowledge(await handleOf(at), digit);
    expect([at.receipts, at.provider.said]).toEqual([["null undefined"], ["Press 1 to take it."]]);
  });

  const PRESSED = { AccountSid: account, CallSid: CALL, CallStatus: "in-progress", Digits: "1" };
  it.each([
    ["another token", { token: "f".repeat(32) }, {}],
    ["another account", { parameters: { ...PRESSED, AccountSid: `AC${"f".repeat(32)}` } }, {}],
    ["another address", {}, { url: "https://desk.test/v1/channels/other" }],
    [
      "another body",
      {},
      { body: new URLSearchParams({ ...PRESSED, CallSid: CALL.replace("1", "2") }).toString() },
    ],
    ["one parameter more", {}, { body: `${new URLSearchParams(PRESSED).toString()}&Extra=1` }],
    ["no signature", {}, { headers: new Headers() }],
    ["no base64", {}, { headers: new Headers({ "x-twilio-signature": "%%%" }) }],
  ])("is not believed with %s", async (_, signing, changed) => {
    const request = signedRequest({ url: TOLD_AT, token: TOKEN, parameters: PRESSED, ...signing });
    const told = { ...(await toldBy(request)), ...changed };
    expect(await heard(written, told)).toEqual({ ok: false, error: { reason: "not-the-provider" } });
  });

  it("is not heard while its token is not bound", async () => {
    const request = signedRequest({ url: TOLD_AT, token: TOKEN, parameters: PRESSED });
    const told = await heard(written, await toldBy(request), {
      ...BINDINGS,
      CHANNEL_TWILIO: undefined,
    } as never);
    expect(told).toEqual({ ok: false, error: { reason: "secret-unusable" } });
  });
});

it.each([
  [{ CHANNEL_TWILIO: undefined }, "CHANNEL_TWILIO"],
  [{ CHANNEL_TWILIO: "SK-not-an-auth-token" }, "CHANNEL_TWILIO"],
])("its problem names the binding: %j", (bound, name) => {
  expect(channelProblemOf(Channel.parse(written), { ...BINDINGS, ...bound })).toContain(name);
});

it.each([
  [{ to: "5551234" }, "in quotes"],
  [{ to: 15_551_234_567 }, "in quotes"],
  [{ to: "+1555;evil" }, "in quotes"],
  [{ account: "AC123" }, "Account SID"],
  [{ language: '"/>' }, ""],
])("a policy may not write %j", (more, hint) => {
  const read = Channel.safeParse({ ...written, ...more });
  expect(read.error?.issues[0]?.message).toContain(hint);
});
