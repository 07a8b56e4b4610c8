// What each channel sends, that a failing channel says why without giving a secret away, and that what cannot work is not tried.
import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import { named } from "@countersign/shared/values/named";
import type { Page } from "../../../control-plane/src/core/desk/records/pages/page.ts";
import { sendPage } from "../../../control-plane/src/platform/desk/send-page.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";
import { bindings } from "../world/fleet.ts";

const policy = Policy.parse({
  version: 1,
  channels: {
    terminal: { kind: "terminal" },
    push: { kind: "ntfy", server: "https://ntfy.test", topic: "fleet", secret: "CHANNEL_NTFY" },
    hook: { kind: "webhook", url: "https://hook.test/in", secret: "CHANNEL_WEBHOOK" },
  },
});

const page: Page & { readonly earlier: null } = {
  earlier: null,
  key: "inc_1:ring:1:operator",
  incidentId: "inc_1",
  approvalId: "apr_1",
  kind: "ring",
  tells: [],
  isEverywhere: false,
  responder: "operator",
  channels: ["terminal"],
  channelIndex: 0,
  attempts: 1,
  nextAttemptAt: 0,
  state: "pending",
  severity: "critical",
  title: "demo is failing on web-1",
  body: "connection refused",
  path: "/approvals/apr_1",
  createdAt: 0,
  deliveredAt: null,
  deliveredBy: null,
  lastError: null,
};

function answerWith(respond: () => Response | Promise<Response>) {
  const requests: Request[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    requests.push(new Request(input, init));
    return respond();
  });
  return requests;
}

function send(channel: string, extra: Record<string, unknown> = {}) {
  const all = { ...bindings, CHANNEL_NTFY: "tk_secret", ...extra };
  return sendPage(page, channel, { policy, bindings: all, now: Date.now() });
}

describe("ntfy", () => {
  it("publishes JSON whose tap opens the approval", async () => {
    const requests = answerWith(() => new Response("{}"));
    expect(await send("push")).toEqual({ result: "delivered", detail: "HTTP 200" });
    const [request] = requests;
    expect(request?.headers.get("authorization")).toBe("Bearer tk_secret");
    expect(await request?.json()).toEqual({
      topic: "fleet",
      title: page.title,
      message: page.body,
      priority: 5,
      tags: ["rotating_light"],
      click: "https://desk.test/approvals/apr_1",
      actions: [{ action: "view", label: "Open", url: "https://desk.test/approvals/apr_1" }],
    });
  });
});

describe("a webhook", () => {
  it("is signed so that a Standard Webhooks receiver accepts it, and names the page's key", async () => {
    const requests = answerWith(() => new Response(null, { status: 204 }));
    expect((await send("hook")).result).toBe("delivered");
    const headers = Object.fromEntries(requests[0]!.headers);
    expect(headers["webhook-id"]).toBe(`${page.key}:${page.createdAt}`);
    const payload = new Webhook(bindings.CHANNEL_WEBHOOK).verify(await requests[0]!.text(), headers);
    expect(payload).toMatchObject({ type: "page.ring", data: { key: page.key, title: page.title } });
  });

  it.each([
    ["is not set", undefined],
    ["is empty", ""],
    ["is no key", "hunter2"],
    ["is too short", "whsec_c2hvcnQ="],
  ])("whose secret %s is not sent", async (_what, CHANNEL_WEBHOOK) => {
    const requests = answerWith(() => new Response());
    const { result, detail } = await send("hook", { CHANNEL_WEBHOOK });
    expect(result).toBe("failed");
    expect(detail).toContain("CHANNEL_WEBHOOK");
    expect(requests).toEqual([]);
  });
});

/** What no policy can be read with, should one hold it all the same. */
describe("a channel that a policy may not have", () => {
  const url = "https://hook.test/in";
  it.each([
    ["the desk's key as its secret", { kind: "webhook", url, secret: "DESK_PRIVATE_KEY", insecure: false }],
    [
      "the admin token as its secret",
      { kind: "ntfy", server: url, topic: "t", secret: "ADMIN_TOKEN", insecure: false },
    ],
    [
      "a secret of every object",
      { kind: "ntfy", server: url, topic: "t", secret: "constructor", insecure: false },
    ],
    ["plain http", { kind: "ntfy", server: "http://hook.test", topic: "t", insecure: true }],
    ["a metadata address", { kind: "ntfy", server: "https://169.254.169.254", topic: "t", insecure: true }],
  ] as const)("for %s sends nothing", async (_what, way) => {
    const requests = answerWith(() => new Response());
    const held = { ...policy, channels: named({ way }) };
    const all = { ...bindings, DESK_PRIVATE_KEY: `whsec_${bindings.DESK_PRIVATE_KEY}` };
    const { result, detail } = await sendPage(page, "way", { policy: held, bindings: all, now: Date.now() });
    expect(result).toBe("failed");
    expect(detail).not.toContain(bindings.DESK_PRIVATE_KEY);
    expect(requests).toEqual([]);
  });
});

describe("the terminal", () => {
  it("is POSTed the page as JSON where the control plane has one", async () => {
    const bodies: unknown[] = [];
    const TERMINAL = {
      fetch: async (request: Request) => {
        bodies.push(await request.json());
        return new Response(null, { status: 204 });
      },
    };
    expect((await send("terminal", { TERMINAL })).result).toBe("delivered");
    expect(bodies).toMatchObject([{ key: page.key, url: "https://desk.test/approvals/apr_1" }]);
  });

  it("that is not there takes no page", async () => {
    expect((await send("terminal", { TERMINAL: undefined })).result).toBe("failed");
  });
});

describe("a failing channel", () => {
  it.each([
    ["an error", () => new Response("tk_secret", { status: 500 }), { detail: "HTTP 500", mayHaveCome: true }],
    ["a redirect", () => Response.redirect("https://evil.example/"), { detail: "HTTP 302" }],
    [
      "no connection",
      () => {
        throw new Error("connect tk_secret@ntfy.test");
      },
      { detail: "connection failed", mayHaveCome: true },
    ],
  ])("says %s and nothing more", async (_what, respond, said) => {
    const requests = answerWith(respond);
    expect(await send("push")).toEqual({ result: "failed", ...said });
    expect(requests.map(({ redirect }) => redirect)).toEqual(["manual"]);
  });

  it.each(["pigeon", "constructor", "__proto__"])(
    "%s, which the policy does not name, fails",
    async (name) => {
      expect((await send(name)).result).toBe("failed");
    },
  );
});
