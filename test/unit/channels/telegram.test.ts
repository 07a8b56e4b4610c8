// Telegram against a fake of its Bot API: what is sent, what each answer means, who may press "I have it", and what
// hosts' texts cannot do.
import { describe, expect, it } from "vitest";
import { channelProblemOf, Channel } from "../../../control-plane/src/channels/any-channel.ts";
import { FakeTelegram, tooMany } from "../../providers/telegram.ts";
import { answering, handleOf, heard, HOSTILE_TEXTS, sendBy, settleBy, toldBy, UNSEEN } from "./exchange.ts";
import { BINDINGS, MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const TOKEN = "123456:telegram-token-of-a-test-bot";
const CHAT = "4242";
const written = SAMPLES.telegram;
const { hook: _hook, ...withoutHook } = written as { readonly hook: string };
const ACK = { text: "I have it", callback_data: "ack" };
const OPEN = { text: "Open", url: MESSAGE.url };
const RING = { message_id: 1, chat: { id: 4242 } };

function line(more: object = written) {
  const clock = { now: MESSAGE.sentAt };
  const answers: string[] = [];
  const provider = new FakeTelegram({
    clock,
    token: TOKEN,
    chats: new Map([
      [CHAT, "open"],
      ["66", "blocked"],
    ] as const),
    webhook: {
      url: "https://desk.test/v1/channels/way",
      secretToken: "hook_1",
      deliver: async (request) => {
        const told = await heard(more, await toldBy(request));
        if (!told.ok) return new Response("", { status: 403 });
        answers.push(`${String(told.value.handle)} ${told.value.receipt?.stage}`);
        return new Response(told.value.answer("taken").body);
      },
    },
  });
  return { provider, written: more, clock, answers };
}

function press(update: object, secret: string | null = "hook_1", more: object = written) {
  const headers = new Headers(secret === null ? {} : { "x-telegram-bot-api-secret-token": secret });
  const body = JSON.stringify(update);
  return heard(more, { url: "https://desk.test/v1/channels/way", headers, body });
}

const query = (more: object = {}) => ({
  update_id: 1,
  callback_query: { id: "77", from: { id: 4242 }, data: "ack", message: RING, ...more },
});

describe("what Telegram is sent", () => {
  it("is taken, hung beneath the first, and no markup", async () => {
    const at = line();
    const first = await handleOf(at);
    expect(first).toBe(`${CHAT}/1`);
    await handleOf(at, { kind: "update", earlier: first });
    expect(at.provider.arrived).toMatchObject([
      { to: CHAT, title: MESSAGE.title, isLoud: true, repliesTo: null },
      { isLoud: false, repliesTo: 1 },
    ]);
  });

  it.each([
    ["ring", written, [[OPEN, ACK]], false],
    ["test", written, [[OPEN, ACK]], false],
    ["ring", withoutHook, [[OPEN]], false],
    ["ring", { ...written, chat: "-100123" }, [[OPEN]], false],
    ["update", written, [[OPEN]], true],
    ["recovered", written, [[OPEN]], true],
    ["sign-in", written, [[OPEN]], false],
  ] as const)("a %s has the buttons that fit it", async (kind, channel, buttons, isQuiet) => {
    const body: unknown = await (await requestFor(channel, { kind })).json();
    expect(body).toMatchObject({
      reply_markup: { inline_keyboard: buttons },
      disable_notification: isQuiet,
      link_preview_options: { is_disabled: true },
    });
    expect(body).not.toHaveProperty("parse_mode");
  });

  it.each([
    ["http://localhost:8787/approvals/apr_1", "http://localhost:8787/v1/channels/way", undefined],
    ["https://desk.test/a", null, [[{ text: "Open", url: "https://desk.test/a" }]]],
    ["https://desk/a", "https://desk/v1/channels/way", undefined],
    [
      "https://desk.test/a",
      "https://desk.test/v1/channels/way",
      [[{ text: "Open", url: "https://desk.test/a" }, ACK]],
    ],
    [null, null, undefined],
  ] as const)("only a public https address makes a button: %s, told at %s", async (url, toldAt, keyboard) => {
    const at = line();
    await handleOf(at, { url, toldAt });
    expect(at.provider.arrived[0]?.markup?.inline_keyboard).toEqual(keyboard);
    if (url !== null) expect(at.provider.arrived[0]?.body).toContain(url);
  });

  it("is sent anew where what it replied to is gone, or lies in another chat", async () => {
    const at = line();
    await handleOf(at, { earlier: `${CHAT}/999` });
    await handleOf(at, { earlier: "5/1" });
    expect(at.provider.arrived.map(({ repliesTo }) => repliesTo)).toEqual([null, null]);
  });

  it.each(HOSTILE_TEXTS)("a host's text stays text: %s", async (_, text) => {
    const at = line();
    const handle = await handleOf(at, { title: text, body: text });
    expect(await handleOf(at, { body: text, earlier: handle })).toBe(`${CHAT}/2`);
    const [{ title, body } = { title: "", body: "" }] = at.provider.arrived;
    expect(title + body).not.toMatch(UNSEEN);
    expect(title).toMatch(/./);
    expect(body).toContain(MESSAGE.url);
  });
});

/**
 * What Telegram makes a mention of by itself where no entity covers it
 * (https://core.telegram.org/bots/api#messageentity).
 */
async function mentionsIn(more: object, text: { title: string; body: string }): Promise<readonly string[]> {
  const sent = (await (await requestFor({ ...written, ...more }, text)).json()) as {
    readonly text: string;
    readonly entities?: readonly { readonly offset: number; readonly length: number }[];
  };
  const bare = (sent.entities ?? []).reduce(
    (rest, { length, offset }) => rest.slice(0, offset) + "x".repeat(length) + rest.slice(offset + length),
    sent.text,
  );
  return bare.match(/(?<![A-Za-z0-9_])@[A-Za-z0-9_]+/g) ?? [];
}

it("a host's text mentions nobody in a group, however many names it holds, and leads to the link all the same", async () => {
  const text = { title: "😀 web-1 is down", body: "ask @mallory\n" + "@a ".repeat(900) };
  expect(await mentionsIn({ chat: "-1001" }, text)).toEqual([]);
  expect(await mentionsIn({ chat: "-1001" }, { title: "@bob", body: "" })).toEqual([]);
  const request = await requestFor({ ...written, chat: "-1001" }, { title: "t", body: "b@x.test" });
  expect(await request.json()).not.toHaveProperty("entities");
});

describe("what Telegram answers", () => {
  it.each([
    [{ chat: "1" }, "HTTP 400: Bad Request: chat not found", true],
    [{ chat: "66" }, "HTTP 403: Forbidden: bot was blocked by the user", true],
    [{ secret: "CHANNEL_OTHER" }, "HTTP 401: Unauthorized", true],
  ])("%j is refused for good", async (more, detail, isForGood) => {
    const bindings = { ...BINDINGS, CHANNEL_OTHER: "999:a-token-of-some-other-bot" };
    const taken = await sendBy({ ...line({ ...written, ...more }), bindings });
    expect(taken).toEqual({ result: "failed", detail, isForGood, retryAfterMs: null });
  });

  it("too many at once: it says how long, and not for good", async () => {
    const at = line();
    for (let index = 0; index < 30; index += 1) await handleOf(at);
    const taken = await sendBy(at);
    expect(taken).toMatchObject({ result: "failed", retryAfterMs: 5_000, isForGood: false });
    at.clock.now += 5_000;
    expect(await sendBy(at)).toMatchObject({ result: "accepted" });
  });

  it.each([
    [tooMany(90), 90_000, false],
    [new Response("Bad Gateway", { status: 502 }), null, false],
    [new Response("<html>a portal of some hotel</html>"), null, false],
    [new Response('{"ok":true,"result":true}'), null, false],
  ])("an answer that is no message is not taken", async (response, retryAfterMs, isForGood) => {
    const provider = answering(response);
    expect(await sendBy({ written, provider })).toMatchObject({ result: "failed", retryAfterMs, isForGood });
  });

  it("nothing that fails holds the token", async () => {
    const taken = await sendBy(line({ ...written, chat: "1" }));
    expect(JSON.stringify(taken)).not.toContain(TOKEN);
  });
});

describe("the button", () => {
  it("is pressed by its person, and says so", async () => {
    const at = line();
    const handle = await handleOf(at);
    expect(await at.provider.acknowledge(handle)).toBe(true);
    expect(at.answers).toEqual([`${handle} acknowledged`]);
    expect(at.provider.popups).toEqual(["Noted: you have it."]);
  });

  it.each(["acknowledged", "resolved", "superseded"] as const)("goes once it is %s", async (how) => {
    const at = line();
    const handle = await handleOf(at);
    expect(await settleBy(at, handle, how)).toBe(200);
    expect(await at.provider.acknowledge(handle)).toBe(false);
    // Again: "message is not modified".
    expect(await settleBy(at, handle, how)).toBe(400);
  });

  it.each([
    ["another secret", "hook_2", written],
    ["no secret", null, written],
    ["an empty one", "", written],
    ["a channel that hears nothing", "hook_1", withoutHook],
    ["a group, where anybody may press", "hook_1", { ...written, chat: "-100123" }],
  ])("is no provider's: %s", async (_, secret, channel) => {
    expect(await press(query(), secret, channel)).toEqual({
      ok: false,
      error: { reason: "not-the-provider" },
    });
  });

  it("is not heard while its secret is not bound", async () => {
    const told = await heard(
      written,
      { url: "https://desk.test/v1/channels/way", headers: new Headers(), body: "{}" },
      { ...BINDINGS, CHANNEL_TELEGRAM_HOOK: undefined } as never,
    );
    expect(told).toEqual({ ok: false, error: { reason: "secret-unusable" } });
  });

  it.each([
    ["a message", { update_id: 1, message: { text: "hello", chat: { id: 4242 } } }],
    ["another chat", query({ message: { message_id: 1, chat: { id: 5 } } })],
    ["another person", query({ from: { id: 5 } })],
    ["another button", query({ data: "yes" })],
    ["no message", query({ message: undefined })],
    ["no object", [1]],
  ])("means nothing: %s", async (_, update) => {
    const told = await press(update);
    if (!told.ok) throw new Error("refused");
    expect(told.value).toMatchObject({ handle: null, receipt: null });
    expect(told.value.answer("taken")).toEqual({ contentType: "application/json", body: "{}" });
  });

  it.each(["taken", "refused", "unknown"] as const)("answers when it is %s", async (became) => {
    const told = await press(query());
    if (!told.ok) throw new Error("refused");
    const answer: unknown = JSON.parse(told.value.answer(became).body);
    expect(answer).toEqual({
      method: "answerCallbackQuery",
      callback_query_id: "77",
      text: expect.stringMatching(/^.{5,200}$/),
    });
  });
});

it.each([undefined, "with blanks"])(
  "a hook that is bound to %j keeps no page back, and no button",
  async (hook) => {
    const bindings = { ...BINDINGS, CHANNEL_TELEGRAM_HOOK: hook };
    expect(channelProblemOf(Channel.parse(written), bindings)).toBeNull();
    const at = line();
    expect(await sendBy({ ...at, bindings })).toMatchObject({ result: "accepted" });
    expect(at.provider.arrived[0]?.markup?.inline_keyboard).toEqual([[OPEN]]);
  },
);

it.each([
  [{ CHANNEL_TELEGRAM: undefined }, "CHANNEL_TELEGRAM"],
  [{ CHANNEL_TELEGRAM: "123456:../../etc" }, "CHANNEL_TELEGRAM"],
])("its problem names the binding: %j", (bound, name) => {
  const problem = channelProblemOf(Channel.parse(written), { ...BINDINGS, ...bound });
  expect(problem).toContain(name);
});

it.each([4_242, "@channel", "0", "42/1", ""])("a chat is an id in quotes, not %j", (chat) => {
  const read = Channel.safeParse({ ...written, chat });
  expect(read.error?.issues[0]?.message).toContain("in quotes");
});
