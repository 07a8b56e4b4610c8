// What every channel of the list holds, whichever it is: what goes out carries a link only once there is one, and a
// secret only where its protocol puts it; what is wrong is found before a page needs it; and no answer, whatever it
// says, makes a channel throw or quote a secret. What each sends and reads is tested in a file of its own
// (KIND.test.ts).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ADDRESS_KEYS,
  askRequestOf,
  Channel,
  channelProblemOf,
  readAnswer,
  readReceipt,
  settleRequestOf,
  wayOfChannel,
} from "../../../control-plane/src/channels/any-channel.ts";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import type { Outgoing } from "../../../control-plane/src/channels/channel.ts";
import { secretsOf } from "../../../control-plane/src/policy/channel-said.ts";
import { BINDINGS, bound, MESSAGE, outgoingFor, requestFor, SAMPLES } from "./samples.ts";

const EACH = Object.entries(SAMPLES);
const SECRETS = Object.values(BINDINGS).filter((value) => typeof value === "string");
/** What a real one is like: no word of a sentence is as long, with a digit or a capital in it. */
const LIKE_A_KEY = SECRETS.filter((secret) => /(?=[\w-]*[0-9A-Z])[\w-]{24,}/.test(secret));

/**
 * Where the protocol of each kind has its secret, in all that is sent; a kind that is not here sends it nowhere as it
 * stands.
 */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  ntfy: ["header authorization"],
  pushover: ["body token", "url"],
  pagerduty: ["body routing_key"],
  slack: ["url"],
  discord: ["url"],
  telegram: ["url"],
  resend: ["header authorization"],
};

describe("each channel of the list", () => {
  it("has a sample of its own kind", () => {
    const written = EACH.map(([kind, sample]): readonly [string, unknown] => [
      kind,
      Reflect.get(sample, "kind"),
    ]);
    expect(new Map(written)).toEqual(
      new Map(CHANNELS.map(({ kind }): readonly [string, unknown] => [kind, kind])),
    );
  });

  it.each(EACH)("has no problem: %s; and sends what carries no link", async (_kind, written) => {
    expect(channelProblemOf(Channel.parse(written), BINDINGS)).toBeNull();
    const made = await outgoingFor(written, { url: null, toldAt: null });
    const sent = made.by === "mail" ? JSON.stringify(made.mail) : await made.request.text();
    expect(decodeURIComponent(sent.replaceAll("+", " "))).not.toContain("https://desk.test");
  });

  it.each(EACH)("says the link once it has one: %s", async (_kind, written) => {
    const made = await outgoingFor(written);
    const sent = made.by === "mail" ? JSON.stringify(made.mail) : await made.request.text();
    const isHeard = wayOfChannel(Channel.parse(written)).name.includes("call");
    if (!isHeard) expect(decodeURIComponent(sent.replaceAll("+", " "))).toContain("https://desk.test");
  });

  it.each(EACH)("names the binding that is missing, and never what is in one: %s", (_kind, written) => {
    const channel = Channel.parse(written);
    const name = secretsOf(channel).find(({ key }) => key === "secret")?.binding;
    if (name === undefined) return;
    for (const value of [undefined, "", {}, 1])
      expect(channelProblemOf(channel, bound({ [name]: value }))).toContain(name);
    const wrong = "hunter2 \n hunter2";
    const problem = channelProblemOf(channel, bound({ [name]: wrong }));
    expect(problem).toContain(name);
    expect(problem).not.toContain("hunter2");
  });

  it.each(EACH)("hides where it sends, and judges it again: %s", (_kind, written) => {
    const channel = Channel.parse(written);
    const address = CHANNELS.find(({ kind }) => kind === channel.kind)?.addressOf(channel as never);
    if (address === null || address === undefined) return;
    expect(ADDRESS_KEYS).toContain(address.key);
    const moved = { ...channel, [address.key]: "http://169.254.169.254" };
    expect(channelProblemOf(moved, BINDINGS)).not.toBeNull();
  });

  it.each(EACH)("has its secret where its protocol puts it, and nowhere else: %s", async (kind, written) => {
    const found: string[] = [];
    for (const outgoing of await allOf(written)) found.push(...(await placesIn(outgoing)));
    expect([...new Set(found)].toSorted()).toEqual(PLACES[kind] ?? []);
  });
});

it("the terminal prints what is told", async () => {
  const { createdAt: _createdAt, earlier: _earlier, sentAt: _sentAt, toldAt: _toldAt, ...told } = MESSAGE;
  const request = await requestFor(SAMPLES.terminal);
  expect([(await outgoingFor(SAMPLES.terminal)).by, request.url]).toEqual([
    "terminal",
    "http://terminal/pages",
  ]);
  expect(await request.json()).toEqual(told);
  const problem = channelProblemOf(Channel.parse(SAMPLES.terminal), bound({ TERMINAL: undefined }));
  expect(problem).toContain("terminal");
});

/** What a provider may say, quoting what it was sent. */
const Said = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.constant(1),
  fc.constant("success"),
  fc.constantFrom(...LIKE_A_KEY).map((secret) => `no such key: ${secret} `),
  fc.jsonValue(),
);
const WORDS = [
  "status",
  "error",
  "errors",
  "code",
  "message",
  "retry_after",
  "receipt",
  "dedup_key",
  "id",
  "ok",
];
const RECEIPT_WORDS = [
  "acknowledged",
  "acknowledged_at",
  "expired",
  "expires_at",
  "last_delivered_at",
  "result",
  "description",
];
const Body = fc.oneof(
  fc.string(),
  fc.constantFrom("ok", "{", "null", "[]", '{"errors":null}', `{"__proto__":{"status":1}}`),
  fc
    .dictionary(fc.constantFrom(...WORDS, ...RECEIPT_WORDS), fc.oneof(Said, fc.array(Said, { maxLength: 4 })))
    .map((said) => JSON.stringify(said)),
);
const HeaderText = fc.oneof(
  fc.stringMatching(/^[ -~]{0,40}$/),
  fc.nat().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
);
const Answer = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 202, 204, 400, 401, 404, 410, 429, 500),
    fc.integer({ min: 100, max: 599 }),
  ),
  headers: fc
    .dictionary(fc.constantFrom("retry-after", "date", "x-limit-app-reset"), HeaderText)
    .map((headers) => new Headers(headers)),
  body: Body,
});

describe("whatever a provider answers", () => {
  it.each(EACH)("%s reads it, in few words, and quotes no secret", (_kind, written) => {
    const channel = Channel.parse(written);
    fc.assert(
      fc.property(Answer, (answer) => {
        const taken = readAnswer(channel, answer);
        if (taken.result === "failed") {
          expectWords(taken.detail);
          const pause = taken.retryAfterMs ?? 0;
          expect(pause >= 0 && pause <= 3_600_000).toBe(true);
          expect(taken.isForGood && (answer.status >= 500 || answer.status === 429)).toBe(false);
        } else expect(answer.status >= 200 && answer.status < 300 && taken.handle !== "").toBe(true);
        const receipt = readReceipt(channel, answer);
        if (receipt !== null) expectWords(receipt.detail);
        expect(Number.isFinite(receipt?.at ?? 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

function expectWords(detail: string): void {
  expect(detail.length).toBeLessThanOrEqual(160);
  expect(detail).toMatch(/^[\x20-\x7e…]*$/);
  for (const secret of LIKE_A_KEY) expect(detail).not.toContain(secret.slice(-20));
}

/** All that a channel sends in the life of one message. */
async function allOf(written: object): Promise<readonly Outgoing[]> {
  const channel = Channel.parse(written);
  const carried = { handle: "h".repeat(30), incidentId: "inc_1", key: MESSAGE.key };
  const made = [
    await askRequestOf(channel, carried, BINDINGS),
    ...(await Promise.all(
      wayOfChannel(channel).settles.map((how) => settleRequestOf(channel, { ...carried, how }, BINDINGS)),
    )),
  ];
  return [await outgoingFor(written), ...made.flatMap((one) => (one?.ok === true ? [one.value] : []))];
}

async function placesIn(outgoing: Outgoing): Promise<readonly string[]> {
  const holds = (text: string) => SECRETS.some((secret) => text.includes(secret));
  if (outgoing.by === "mail") return holds(JSON.stringify(outgoing.mail)) ? ["mail"] : [];
  const { headers, url } = outgoing.request;
  const text = await outgoing.request.text();
  return [
    ...(holds(decodeURIComponent(url)) ? ["url"] : []),
    ...[...headers].filter(([, value]) => holds(value)).map(([name]) => `header ${name}`),
    ...fieldsIn(text)
      .filter(([, value]) => holds(value))
      .map(([name]) => `body ${name}`),
  ];
}

function fieldsIn(text: string): readonly (readonly [string, string])[] {
  if (!text.startsWith("{")) return [...new URLSearchParams(text)];
  return Object.entries(JSON.parse(text) as object).map(
    ([name, value]) => [name, JSON.stringify(value)] as const,
  );
}
