// Every channel of the list: what goes out for one message, and each thing that can be wrong with it. A channel that is not in these tables
// fails them.
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import {
  ADDRESS_KEYS,
  Channel,
  channelProblemOf,
  channelRequestOf,
} from "../../../control-plane/src/channels/any-channel.ts";
import { CHANNELS } from "../../../control-plane/src/channels/channel-list.ts";
import type { Message } from "../../../control-plane/src/channels/channel.ts";

const KEY = "whsec_dGVzdC1zZWNyZXQtb2YtYXQtbGVhc3QtMTYtYnl0ZXM=";
const TERMINAL = { fetch: async () => new Response() };
const bindings = { TERMINAL, CHANNEL_NTFY: "tk_1", CHANNEL_HOOK: KEY };
const json = { "content-type": "application/json" };

const message: Message = {
  key: "inc_1:ring:1:alice",
  kind: "ring",
  incidentId: "inc_1",
  approvalId: "apr_1",
  responder: "alice",
  severity: "critical",
  title: "demo is failing on web-1",
  body: "connection refused",
  url: "https://desk.test/approvals/apr_1",
  createdAt: Date.UTC(2026, 0, 1),
  sentAt: Date.UTC(2026, 0, 1, 0, 1, 0, 500),
};

const { createdAt: _createdAt, sentAt: _sentAt, ...told } = message;
const published = {
  topic: "fleet",
  title: told.title,
  message: told.body,
  priority: 5,
  tags: ["rotating_light"],
  click: told.url,
  actions: [{ action: "view", label: "Open", url: told.url }],
};
const push = { kind: "ntfy", server: "https://ntfy.test", topic: "fleet", secret: "CHANNEL_NTFY" };
const hook = { kind: "webhook", url: "https://hook.test/in", secret: "CHANNEL_HOOK" };

/** What a policy writes, and by which way which request goes out for it. */
const REQUESTS = [
  [{ kind: "terminal" }, "terminal", "http://terminal/pages", json, told],
  [{ kind: "ntfy", topic: "fleet" }, "network", "https://ntfy.sh/", json, published],
  [push, "network", "https://ntfy.test/", { ...json, authorization: "Bearer tk_1" }, published],
  [
    hook,
    "network",
    "https://hook.test/in",
    {
      ...json,
      "webhook-id": "inc_1:ring:1:alice:1767225600000",
      "webhook-timestamp": "1767225660",
      "webhook-signature": expect.stringMatching(/^v1,[\w+/]{43}=$/),
    },
    { type: "page.ring", timestamp: "2026-01-01T00:01:00.500Z", data: told },
  ],
] as const;

/** What a policy writes, what is bound, and what the problem names. */
const PROBLEMS = [
  [{ kind: "terminal" }, { TERMINAL: undefined }, "terminal"],
  [push, { CHANNEL_NTFY: undefined }, "CHANNEL_NTFY"],
  [push, { CHANNEL_NTFY: "" }, "CHANNEL_NTFY"],
  [push, { CHANNEL_NTFY: "tk 1" }, "CHANNEL_NTFY"],
  [hook, { CHANNEL_HOOK: undefined }, "CHANNEL_HOOK"],
  [hook, { CHANNEL_HOOK: "hunter2" }, "CHANNEL_HOOK"],
  [hook, { CHANNEL_HOOK: "whsec_c2hvcnQ=" }, "CHANNEL_HOOK"],
] as const;

async function sent(written: object, text: Partial<Message> = {}) {
  const made = await channelRequestOf(Channel.parse(written), { ...message, ...text }, bindings);
  if (!made.ok) throw new Error(made.error.problem);
  return made.value;
}

afterEach(() => vi.useRealTimers());

describe("each channel of the list", () => {
  it("is in both tables", () => {
    const kinds = CHANNELS.map(({ kind }) => kind);
    for (const table of [REQUESTS, PROBLEMS])
      expect(new Set(table.map(([{ kind }]) => kind))).toEqual(new Set(kinds));
  });

  it.each(REQUESTS)("sends %j as recorded", async (written, by, url, headers, body) => {
    const made = await sent(written);
    expect([made.by, made.request.method, made.request.url]).toEqual([by, "POST", url]);
    expect(Object.fromEntries(made.request.headers)).toEqual(headers);
    expect(await made.request.json()).toEqual(body);
  });

  it.each(REQUESTS)("has no problem with %j, and sends a message without a link", async (written) => {
    expect(channelProblemOf(Channel.parse(written), bindings)).toBeNull();
    expect(await (await sent(written, { url: null })).request.text()).not.toContain("https:");
  });

  it.each(PROBLEMS)("finds what is wrong with %j where %j is bound", async (written, bound, named) => {
    const [channel, all] = [Channel.parse(written), { ...bindings, ...bound }];
    expect(channelProblemOf(channel, all)).toContain(named);
    for (const secret of Object.values(bound).filter((value) => value !== undefined && value !== ""))
      expect(channelProblemOf(channel, all)).not.toContain(secret);
  });

  it.each(REQUESTS)("hides where %j sends, and judges it again before each attempt", (written) => {
    const channel = Channel.parse(written);
    const address = CHANNELS.find(({ kind }) => kind === channel.kind)?.addressOf(channel as never);
    if (address === null || address === undefined) return;
    expect(ADDRESS_KEYS).toContain(address.key);
    const moved = { ...channel, [address.key]: "http://169.254.169.254" };
    expect(channelProblemOf(moved, bindings)).not.toBeNull();
  });
});

it("a webhook is signed so that a Standard Webhooks receiver accepts it", async () => {
  vi.useFakeTimers({ now: message.sentAt });
  const { request } = await sent(hook);
  const body = await request.text();
  const headers = Object.fromEntries(request.headers);
  expect(new Webhook(KEY).verify(body, headers)).toMatchObject({ type: "page.ring" });
  expect(() => new Webhook(KEY).verify(`${body} `, headers)).toThrow();
});

it.each([
  ["ring", "info", 2, "rotating_light"],
  ["ring", "warning", 3, "rotating_light"],
  ["ring", "error", 4, "rotating_light"],
  ["ring", "critical", 5, "rotating_light"],
  ["update", "critical", 2, "speech_balloon"],
  ["recovered", "critical", 3, "white_check_mark"],
  ["test", "error", 4, "test_tube"],
  ["sign-in", "info", 3, "key"],
] as const)("ntfy sends a %s, %s with priority %i", async (kind, severity, priority, tag) => {
  const { request } = await sent(push, { kind, severity });
  expect(await request.json()).toMatchObject({ priority, tags: [tag] });
});

/** What ntfy takes as JSON, field by field: https://docs.ntfy.sh/publish/#publish-as-json and #action-buttons. */
const NtfyPublished = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  message: z.string().max(4_096),
  title: z.string(),
  tags: z.array(z.string()),
  priority: z.int().min(1).max(5),
  click: z.url().optional(),
  actions: z
    .array(z.strictObject({ action: z.literal("view"), label: z.string().min(1), url: z.url() }))
    .max(3)
    .optional(),
});

it.each(["ring", "update", "recovered", "test", "sign-in"] as const)(
  "ntfy is sent a %s as its documentation says, with and without a link",
  async (kind) => {
    for (const url of [message.url, null]) {
      const body: unknown = await (await sent(push, { kind, url })).request.json();
      const read = NtfyPublished.parse(body);
      expect([read.click, read.actions?.[0]?.url]).toEqual([url ?? undefined, url ?? undefined]);
    }
  },
);
