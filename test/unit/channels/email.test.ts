// Mails, by Cloudflare's binding and by Resend, each against a fake: both write the same mail, no text of a host
// becomes a header of it, and what each refusal of Resend means. What the binding throws is the platform's
// (test/unit/platform).
import { describe, expect, it } from "vitest";
import { channelProblemOf, Channel } from "../../../control-plane/src/channels/any-channel.ts";
import type { Message } from "../../../control-plane/src/channels/channel.ts";
import { FakeMailer } from "../../providers/email.ts";
import { FakeResend, tooMany } from "../../providers/resend.ts";
import { answering, HOSTILE_TEXTS, sendBy, UNSEEN } from "./exchange.ts";
import { BINDINGS, MESSAGE, outgoingFor, requestFor, SAMPLES } from "./samples.ts";

const THREAD = "<inc_1@countersign.invalid>";

function mailer() {
  const setup = { clock: { now: 0 }, domains: ["pages.test"], verified: ["alice@home.test"] };
  const provider = new FakeMailer(setup);
  const mailed = async (text: Partial<Message> = {}, more: object = {}) => {
    const made = await outgoingFor({ ...SAMPLES.email, ...more }, text);
    if (made.by !== "mail") throw new Error("it sends no mail");
    await provider.send(made.mail);
  };
  return { provider, mailed };
}

function resend(dailyQuota?: number) {
  const clock = { now: MESSAGE.sentAt };
  const quota = dailyQuota === undefined ? {} : { dailyQuota };
  const provider = new FakeResend({ clock, apiKey: "re_test_1", domains: ["pages.test"], ...quota });
  return { provider, clock, written: SAMPLES.resend };
}

describe("a mail", () => {
  it("says what, leads to it, and hangs with the others of its incident", async () => {
    const { mailed, provider } = mailer();
    await mailed();
    expect(provider.arrived[0]).toMatchObject({
      to: "alice@home.test",
      title: MESSAGE.title,
      headers: {
        "Auto-Submitted": "auto-generated",
        Importance: "high",
        "X-Priority": "1",
        "In-Reply-To": THREAD,
        References: THREAD,
      },
    });
    expect(provider.arrived[0]?.body.split("\n").slice(0, 3)).toEqual([
      MESSAGE.body,
      "",
      `Open: ${MESSAGE.url}`,
    ]);
  });

  it.each([
    ["ring", true],
    ["test", true],
    ["update", false],
    ["recovered", false],
    ["sign-in", false],
  ] as const)("a %s is important: %s", async (kind, isLoud) => {
    const { mailed, provider } = mailer();
    await mailed({ kind });
    expect(provider.arrived[0]?.isLoud).toBe(isLoud);
  });

  it("of no incident hangs with nothing", async () => {
    const { mailed, provider } = mailer();
    await mailed({ incidentId: null, url: null, body: "" });
    expect(Object.keys(provider.arrived[0]?.headers ?? {})).not.toContain("References");
    expect(provider.arrived[0]?.body).not.toContain("Open:");
  });

  it("is the same by both ways", async () => {
    const [{ mailed, provider }, other] = [mailer(), resend()];
    await mailed();
    await sendBy(other);
    const [left, right] = [provider.arrived[0], other.provider.arrived[0]];
    expect([right?.title, right?.body, right?.headers]).toEqual([left?.title, left?.body, left?.headers]);
  });

  it.each(HOSTILE_TEXTS)("a host's text stays in its place: %s", async (_, text) => {
    const [{ mailed, provider }, other] = [mailer(), resend()];
    const hostile = { title: text, body: text, incidentId: text };
    await mailed(hostile);
    expect(await sendBy(other, hostile)).toMatchObject({ result: "accepted" });
    for (const { body, headers, title } of [...provider.arrived, ...other.provider.arrived]) {
      expect(title + body).not.toMatch(UNSEEN);
      expect(title.length).toBeLessThanOrEqual(200);
      expect(body).toContain(`\nOpen: ${MESSAGE.url}\n`);
      expect(Object.keys(headers)).toEqual(Object.keys(provider.arrived[0]?.headers ?? {}));
      for (const value of Object.values(headers)) expect(value).toMatch(/^[\x21-\x7e]{1,120}$/);
    }
  });

  it.each([
    ["from", "desk@other.test", "E_SENDER_NOT_VERIFIED"],
    ["to", "eve@evil.test", "E_RECIPIENT_NOT_ALLOWED"],
  ])("to an address that the account does not know is refused: %s %s", async (key, address, code) => {
    await expect(mailer().mailed({}, { [key]: address })).rejects.toMatchObject({ code });
  });
});

describe("Resend", () => {
  it("is sent a mail once, however often it is tried", async () => {
    const at = resend();
    expect(await sendBy(at)).toEqual({ result: "accepted", handle: null });
    expect(await sendBy(at, { sentAt: MESSAGE.sentAt + 9_000 })).toMatchObject({ result: "accepted" });
    expect(at.provider.arrived).toHaveLength(1);
    expect(at.provider.arrived[0]?.key).toMatch(/^inc_1:ring:1:alice:1767225600000:[0-9a-f]{16}$/);
  });

  it.each([
    ["another address", { to: "bob@home.test" }, {}],
    ["other words", {}, { body: "it grew worse" }],
    ["a desk that was set back", {}, { createdAt: 1 }],
  ])("is sent another mail for %s", async (_, more, text) => {
    const at = resend();
    await sendBy(at);
    expect(await sendBy({ ...at, written: { ...at.written, ...more } }, text)).toMatchObject({
      result: "accepted",
    });
    expect(at.provider.arrived).toHaveLength(2);
  });

  it.each(["k".repeat(300), "ключ:ring:1:bob"])("makes a key of its own where %s is none", async (key) => {
    expect((await requestFor(SAMPLES.resend, { key })).headers.get("idempotency-key")).toMatch(
      /^[0-9a-f]{64}$/,
    );
    expect(await sendBy(resend(), { key })).toMatchObject({ result: "accepted" });
  });

  it.each([
    [{ from: "desk@other.test" }, "HTTP 403: validation_error"],
    [{ secret: "CHANNEL_OTHER" }, "HTTP 401: validation_error"],
  ])("%j is refused for good, and no address is told", async (more, detail) => {
    const at = resend();
    const bindings = { ...BINDINGS, CHANNEL_OTHER: "re_other" };
    const taken = await sendBy({ ...at, written: { ...at.written, ...more }, bindings });
    expect(taken).toEqual({ result: "failed", detail, retryAfterMs: null, isForGood: true });
  });

  it("too many in a second: as long as it says", async () => {
    const at = resend();
    for (const key of ["1", "2"]) await sendBy(at, { key });
    expect(await sendBy(at, { key: "3" })).toMatchObject({ retryAfterMs: 1_000, isForGood: false });
    at.clock.now += 1_000;
    expect(await sendBy(at, { key: "3" })).toMatchObject({ result: "accepted" });
  });

  it("a quota that is used up rests for an hour, and not for good", async () => {
    expect(await sendBy(resend(0))).toMatchObject({
      detail: "HTTP 429: daily_quota_exceeded",
      retryAfterMs: 3_600_000,
      isForGood: false,
    });
  });

  it.each([
    [409, { name: "concurrent_idempotent_requests" }, false],
    [422, { name: "validation_error" }, true],
    [500, { name: "application_error" }, false],
    [200, {}, false],
  ])("%i with %j", async (status, body, isForGood) => {
    const provider = answering(Response.json(body, { status }));
    expect(await sendBy({ provider, written: SAMPLES.resend })).toMatchObject({
      result: "failed",
      isForGood,
    });
  });

  it("says how long to wait in a header", async () => {
    const provider = answering(tooMany(30));
    expect(await sendBy({ provider, written: SAMPLES.resend })).toMatchObject({ retryAfterMs: 30_000 });
  });
});

it.each([
  ["email", { EMAIL: undefined }, "EMAIL"],
  ["resend", { CHANNEL_RESEND: undefined }, "CHANNEL_RESEND"],
  ["resend", { CHANNEL_RESEND: "re 1" }, "CHANNEL_RESEND"],
] as const)("the problem of %s names the binding: %j", (kind, bound, name) => {
  expect(channelProblemOf(Channel.parse(SAMPLES[kind]), { ...BINDINGS, ...bound })).toContain(name);
});

it.each([
  { to: "alice@home.test\r\nBcc: eve@evil.test" },
  { to: "alice@home.test, eve@evil.test" },
  { from: "Desk <desk@pages.test>" },
  { to: "alice" },
])("a policy may not write %j", (more) => {
  for (const sample of [SAMPLES.email, SAMPLES.resend])
    expect(Channel.safeParse({ ...sample, ...more }).success).toBe(false);
});
