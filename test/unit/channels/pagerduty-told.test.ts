// What PagerDuty brings by its v3 webhooks: who says that they have it is heard, by the alert that they said it of; what
// is not PagerDuty's, too old, or caused by this desk itself does nothing.
import { describe, expect, it } from "vitest";
import { Channel, channelProblemOf, wayOfChannel } from "../../../control-plane/src/channels/any-channel.ts";
import type { Told } from "../../../control-plane/src/channels/channel.ts";
import { eventOf, type Happened, signedWebhook } from "../../providers/pagerduty-webhook.ts";
import { fakePagerDuty } from "../../providers/pagerduty.ts";
import { handleOf, heard, HOSTILE, settleBy, toldBy } from "./exchange.ts";
import { BINDINGS, bound, MESSAGE, requestFor, SAMPLES } from "./samples.ts";

const KEY = "R03E5KDPTEST0000000000000000AAAA";
const SECRET = String(BINDINGS["CHANNEL_PAGERDUTY_HOOK"]);
const URL_HERE = "https://desk.test/v1/channels/way";
const withoutHook = { ...SAMPLES.pagerduty, webhookSecret: undefined };
const written = SAMPLES.pagerduty;
const HANDLE = "countersign/inc_1";
const NOTHING = { handle: null, receipt: null };
const HOURS = 3_600_000;

function line(over: { readonly secrets?: readonly string[]; readonly isWithoutAlerts?: boolean } = {}) {
  const clock = { now: MESSAGE.sentAt };
  const told: Told[] = [];
  const webhook = {
    url: URL_HERE,
    secrets: [SECRET],
    ...over,
    deliver: async (request: Request) => {
      const one = await heard(written, await toldBy(request));
      if (one.ok) told.push(one.value);
      return new Response(null, { status: one.ok ? 200 : 401 });
    },
  };
  const provider = fakePagerDuty(clock, { routingKeys: [KEY], webhook });
  return { provider, written, clock, told, last: () => told.at(-1) ?? expect.fail("nothing was heard") };
}

/** A title as it goes out for this message. */
async function titleOf(text: Partial<typeof MESSAGE> = {}): Promise<string> {
  const { payload } = (await (await requestFor(written, text)).json()) as { payload: { summary: string } };
  return payload.summary;
}

async function happened(over: Partial<Happened> = {}): Promise<ReturnType<typeof eventOf>> {
  const title = await titleOf();
  const type = "incident.acknowledged";
  return eventOf({ type, dedupKey: HANDLE, title, by: "person", at: MESSAGE.sentAt, ...over });
}

const brought = async (body: object | string) =>
  heard(written, await toldBy(await signedWebhook(body, { secrets: [SECRET], url: URL_HERE })));

async function toldOf(body: object | string): Promise<Told> {
  const told = await brought(body);
  return told.ok ? told.value : expect.fail("it was refused");
}

function names({ handle }: Told, wanted: string): boolean {
  return typeof handle === "function" ? handle(wanted) : handle === wanted;
}

describe("its person has it", () => {
  it.each([false, true])(
    "where they press Acknowledge; an incident without alerts: %s",
    async (isWithoutAlerts) => {
      const at = line({ isWithoutAlerts });
      const handle = await handleOf(at);
      expect(await at.provider.acknowledge(handle)).toBe(true);
      const receipt = { stage: "acknowledged", at: MESSAGE.sentAt, detail: "acknowledged in PagerDuty" };
      expect(at.last()).toMatchObject({ receipt });
      expect(["inc_1", "inc_1:3", "inc_2"].map((id) => names(at.last(), `countersign/${id}`))).toEqual([
        true,
        false,
        false,
      ]);
    },
  );

  it("where they press Resolve: that is no recovery, and says that somebody has it", async () => {
    const at = line();
    expect(await at.provider.resolve(await handleOf(at))).toBe(true);
    expect(at.last().receipt).toMatchObject({ stage: "acknowledged", detail: "resolved in PagerDuty" });
  });

  it("of the second alert of an incident, and of no other", async () => {
    const at = line();
    await handleOf(at);
    const latest = { handle: HANDLE, isOpen: false };
    const second = await handleOf(at, { key: "inc_1:ring:3:alice", latest });
    await at.provider.acknowledge(second);
    expect([names(at.last(), second), names(at.last(), HANDLE)]).toEqual([true, false]);
  });

  it("of a test page too", async () => {
    const at = line();
    const handle = await handleOf(at, { kind: "test", incidentId: null, key: "tst_1:test:0:alice" });
    await at.provider.acknowledge(handle);
    expect(names(at.last(), handle)).toBe(true);
  });

  it("whoever pressed it: no name, address or id of theirs is kept", async () => {
    const event = await happened();
    expect(JSON.stringify(await toldOf(event))).not.toMatch(/Tenex|PLH1HKV|acme/);
  });

  it.each([
    [SECRET, "another"],
    ["another", SECRET],
  ])("while the secret is rotated: %#", async (...secrets) => {
    const at = line({ secrets });
    expect(await at.provider.acknowledge(await handleOf(at))).toBe(true);
  });
});

describe("the mark by which an alert is known again", () => {
  it.each([...HOSTILE, "x".repeat(3_000), "ends like one [0a1b2c3d]"])("stands last: %#", async (title) => {
    const summary = await titleOf({ title });
    expect(summary).toMatch(/ \[[0-9a-f]{8}\]$/);
    expect(summary.length).toBeLessThanOrEqual(1_024);
    expect(names(await toldOf(await happened({ title: summary })), HANDLE)).toBe(true);
  });

  it("is not there where nothing is heard", async () => {
    const request = await requestFor(withoutHook);
    expect(await request.json()).toMatchObject({ payload: { summary: MESSAGE.title } });
  });

  it.each(["", "web-1 is down", "in [0a1b2c3d] the middle", "[0A1B2C3D]", "[0a1b2c3]"])(
    "names nothing in %j",
    async (title) => {
      expect(await toldOf(await happened({ title }))).toMatchObject(NOTHING);
    },
  );

  it("of another is another's", async () => {
    expect(names(await toldOf(await happened({ title: "t [00000000]" })), HANDLE)).toBe(false);
  });
});

describe("does nothing, and is answered:", () => {
  it("the test event of a subscription", async () => {
    const data = { message: "Hello from your friend Pagey!", type: "ping" };
    const event = {
      id: "1",
      event_type: "pagey.ping",
      resource_type: "pagey",
      agent: null,
      client: null,
      data,
    };
    expect(
      await toldOf({ event: { ...event, occurred_at: new Date(MESSAGE.sentAt).toISOString() } }),
    ).toMatchObject(NOTHING);
  });

  it("what this desk itself caused there", async () => {
    const at = line();
    const handle = await handleOf(at);
    await settleBy(at, handle, "acknowledged");
    await settleBy(at, handle, "resolved");
    expect(await at.provider.bring()).toBe(true);
    expect(at.told.map((told) => told.receipt)).toEqual([null, null, null]);
  });

  it.each([
    "incident.triggered",
    "incident.unacknowledged",
    "incident.annotated",
    "incident.reassigned",
    "service.updated",
    "something.new",
  ])("%s", async (event_type) => {
    const { event } = await happened();
    expect(await toldOf({ event: { ...event, event_type } })).toMatchObject(NOTHING);
  });

  it.each([
    ["nobody", { agent: null }],
    ["a service", { agent: { id: "P1", type: "service_reference" } }],
    ["a kind that is not known", { agent: { id: "P1", type: "robot_reference" } }],
    ["no instant", { occurred_at: "yesterday" }],
    ["no data", { data: null }],
  ])("by %s", async (_what, over) => {
    const { event } = await happened();
    expect(await toldOf({ event: { ...event, ...over } })).toMatchObject(NOTHING);
  });

  it("a resolution by which it went into another incident: it moved, and nobody said that they have it", async () => {
    const { event } = await happened({ type: "incident.resolved" });
    const data = { ...event.data, resolve_reason: { type: "merge_resolve_reason", incident: { id: "P2" } } };
    expect(await toldOf({ event: { ...event, data } })).toMatchObject(NOTHING);
  });

  it.each([
    [-4 * HOURS - 1, null],
    [-4 * HOURS, "acknowledged"],
    [300_000, "acknowledged"],
    [300_001, null],
  ])("what happened %i ms from now: %s", async (ms, stage) => {
    const told = await toldOf(await happened({ at: MESSAGE.sentAt + ms }));
    expect(told.receipt?.stage ?? null).toBe(stage);
  });

  it.each(["", "{", "null", "[]", "{}", '{"event":[]}', '"event"', "\u0000", "x".repeat(16_384)])(
    "no event: %#",
    async (body) => {
      const told = await toldOf(body);
      expect(told).toMatchObject(NOTHING);
      expect(told.answer("taken")).toEqual({ contentType: "application/json", body: '{"became":"taken"}' });
    },
  );
});

describe("is no provider's:", () => {
  const refused = { ok: false, error: { reason: "not-the-provider" } };

  async function broughtWith(signature: string | null, body = "{}") {
    const headers = new Headers(signature === null ? {} : { "x-pagerduty-signature": signature });
    return heard(written, { url: URL_HERE, headers, body });
  }
  const signatureOf = async (secrets: readonly string[], body = "{}") =>
    (await signedWebhook(body, { secrets, url: URL_HERE })).headers.get("x-pagerduty-signature") ?? "";

  it("what another secret signed, or nothing", async () => {
    expect(await broughtWith(await signatureOf(["another"]))).toEqual(refused);
    expect(await broughtWith(await signatureOf([]))).toEqual(refused);
    for (const signature of [null, "", "v1=", "v1=00", `v1=${"0".repeat(64)}`, "=,=,v1"])
      expect(await broughtWith(signature)).toEqual(refused);
  });

  it("what is signed for another body, or by another version", async () => {
    const signature = await signatureOf([SECRET]);
    expect((await broughtWith(signature)).ok).toBe(true);
    expect(await broughtWith(signature, "{} ")).toEqual(refused);
    expect(await broughtWith(signature.replace("v1=", "v2="))).toEqual(refused);
    expect(await broughtWith(signature.replace("v1=", ""))).toEqual(refused);
  });

  it("what has more signatures than anybody needs", async () => {
    const guesses = Array.from({ length: 8 }, () => `v1=${"0".repeat(64)}`);
    const right = await signatureOf([SECRET]);
    expect((await broughtWith([...guesses.slice(1), right].join(","))).ok).toBe(true);
    expect(await broughtWith([...guesses, right].join(","))).toEqual(refused);
  });

  it("anything, where the channel names no secret of a subscription", async () => {
    const request = await signedWebhook(await happened(), { secrets: [SECRET], url: URL_HERE });
    expect(await heard(withoutHook, await toldBy(request))).toEqual(refused);
  });

  it("anything, while the secret is not bound; pages go out all the same", async () => {
    const request = await signedWebhook(await happened(), { secrets: [SECRET], url: URL_HERE });
    const bindings = bound({ CHANNEL_PAGERDUTY_HOOK: undefined });
    expect(await heard(written, await toldBy(request), bindings)).toEqual({
      ok: false,
      error: { reason: "secret-unusable" },
    });
    expect(channelProblemOf(Channel.parse(written), bindings)).toBeNull();
  });
});

it("is answered there as far as it is set up", () => {
  const can = (settings: object) => {
    const { acknowledges, hears, receipts } = wayOfChannel(Channel.parse(settings));
    return [acknowledges, receipts, hears];
  };
  expect(can(written)).toEqual([true, "acknowledged", true]);
  expect(can(withoutHook)).toEqual([false, "accepted", false]);
  expect(can({ ...SAMPLES.telegram, hook: undefined })).toEqual([false, "accepted", false]);
  expect(can({ ...SAMPLES.telegram, chat: "-1001" })).toEqual([false, "accepted", false]);
  expect(can(SAMPLES.telegram)).toEqual([true, "acknowledged", true]);
  expect(can(SAMPLES.pushover)).toEqual([true, "acknowledged", false]);
});
