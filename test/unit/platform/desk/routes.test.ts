// Which channels can work where the control plane runs: without a terminal a terminal channel reaches nobody, and is never "delivered".
import { afterEach, describe, expect, it, vi } from "vitest";
import { NO_RECORDS } from "@countersign/shared/values/records";
import { readSecret } from "../../../../control-plane/src/channels/channel-secret.ts";
import {
  planRouteChecks,
  type RouteBindings,
  unboundSecretsOf,
} from "../../../../control-plane/src/platform/desk/routes.ts";
import { type Sendable, sendPage } from "../../../../control-plane/src/platform/desk/send-page.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";

const KEY = "whsec_dGVzdC1zZWNyZXQtb2YtYXQtbGVhc3QtMTYtYnl0ZXM=";
const policy = Policy.parse({
  version: 1,
  channels: {
    terminal: { kind: "terminal" },
    open: { kind: "ntfy", topic: "fleet" },
    push: { kind: "ntfy", topic: "fleet", secret: "CHANNEL_NTFY" },
    hook: { kind: "webhook", url: "https://hook.test/in", secret: "CHANNEL_HOOK" },
  },
});
const cloud: RouteBindings & Record<string, unknown> = { PUBLIC_URL: "https://desk.test" };
const terminal = { fetch: async () => new Response(null, { status: 204 }) };

const brokenIn = (bindings: RouteBindings) =>
  planRouteChecks(NO_RECORDS, policy, bindings).flatMap((event) =>
    event.kind === "route-checked" && event.problem !== null ? [event.channel] : [],
  );

afterEach(() => vi.restoreAllMocks());

describe("the routes of a policy", () => {
  it.each([
    ["nothing bound", {}, ["terminal", "push", "hook"]],
    ["a terminal", { TERMINAL: terminal }, ["push", "hook"]],
    ["secrets", { CHANNEL_NTFY: "tk_1", CHANNEL_HOOK: KEY }, ["terminal"]],
    ["a token with a line end", { CHANNEL_NTFY: "tk_1\n", CHANNEL_HOOK: KEY }, ["terminal", "push"]],
    [
      "a key that is too short",
      { CHANNEL_NTFY: "tk_1", CHANNEL_HOOK: "whsec_c2hvcnQ=" },
      ["terminal", "hook"],
    ],
    ["an object as secret", { CHANNEL_NTFY: {}, CHANNEL_HOOK: KEY }, ["terminal", "push"]],
    ["all", { TERMINAL: terminal, CHANNEL_NTFY: "tk_1", CHANNEL_HOOK: KEY }, []],
  ])("with %s", (_what, bound, broken) => {
    expect(brokenIn({ ...cloud, ...bound })).toEqual(broken);
  });
});

it("each secret that a channel names and nobody has bound is told, also one that only hears", () => {
  const duty = { kind: "pagerduty", secret: "CHANNEL_DUTY", webhookSecret: "CHANNEL_DUTY_HOOK" };
  const named = Policy.parse({ version: 1, channels: { terminal: { kind: "terminal" }, duty } });
  expect(unboundSecretsOf(named, {})).toEqual([
    { channel: "duty", secret: "CHANNEL_DUTY" },
    { channel: "duty", secret: "CHANNEL_DUTY_HOOK" },
  ]);
  const bound = { ...cloud, CHANNEL_DUTY: "0".repeat(32), CHANNEL_DUTY_HOOK: "s" };
  expect(unboundSecretsOf(named, bound)).toEqual([]);
});

describe("a secret of another than a channel's name", () => {
  // As a policy would say it that came by another way than its schema.
  it.each(["DESK_PRIVATE_KEY", "ADMIN_TOKEN", "channel_x", "CHANNEL_", "CHANNEL_constructor", "constructor"])(
    "%s is not read, though it is bound",
    (secret) => {
      const bound = Object.fromEntries([[secret, KEY]]);
      expect(readSecret(bound, secret)).toMatchObject({ ok: false, error: { reason: "secret-unusable" } });
    },
  );
});

describe("a page on the terminal", () => {
  const page = { key: "k", title: "t", body: "b", path: "/", responder: "operator" } as unknown as Sendable;
  const send = (bindings: RouteBindings) => sendPage(page, "terminal", { policy, bindings, now: 0 });

  it("is not delivered where there is none", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    expect((await send(cloud)).result).toBe("failed");
    expect(console.warn).not.toHaveBeenCalled();
  });

  it("is delivered where there is one", async () => {
    expect((await send({ ...cloud, TERMINAL: terminal })).result).toBe("delivered");
  });
});
