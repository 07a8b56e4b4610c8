// What each channel sends, and that a failing channel says why without giving a secret away.
import { Policy } from "@countersign/shared/policy";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import type { Page } from "../../control-plane/src/core/desk-state.ts";
import { sendPage } from "../../control-plane/src/notify/send-page.ts";
import { bindings } from "./fleet.ts";

const policy = Policy.parse({
  version: 1,
  channels: {
    terminal: { kind: "terminal" },
    push: { kind: "ntfy", server: "https://ntfy.test", topic: "fleet", secret: "NTFY_TOKEN" },
    hook: { kind: "webhook", url: "https://hook.test/in", secret: "WEBHOOK_SECRET" },
  },
});

const page: Page = {
  key: "inc_1:firing:0:0:operator",
  incidentId: "inc_1",
  approvalId: "apr_1",
  kind: "firing",
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
  const all = { ...bindings, NTFY_TOKEN: "tk_secret", ...extra };
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
    });
  });
});

describe("a webhook", () => {
  it("is signed so that a Standard Webhooks receiver accepts it, and names the page's key", async () => {
    const requests = answerWith(() => new Response(null, { status: 204 }));
    expect((await send("hook")).result).toBe("delivered");
    const headers = Object.fromEntries(requests[0]!.headers);
    expect(headers["webhook-id"]).toBe(page.key);
    const payload = new Webhook(bindings.WEBHOOK_SECRET).verify(await requests[0]!.text(), headers);
    expect(payload).toMatchObject({ type: "page.firing", data: { key: page.key, title: page.title } });
  });

  it("without its secret is not sent", async () => {
    const requests = answerWith(() => new Response());
    const { result, detail } = await send("hook", { WEBHOOK_SECRET: undefined });
    expect({ result, detail }).toEqual({ result: "failed", detail: "the secret WEBHOOK_SECRET is not set" });
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
});

describe("a failing channel", () => {
  it.each([
    ["an error", () => new Response("tk_secret", { status: 500 }), "HTTP 500"],
    ["a redirect", () => Response.redirect("https://evil.example/"), "HTTP 302"],
    [
      "no connection",
      () => {
        throw new Error("connect tk_secret@ntfy.test");
      },
      "connection failed",
    ],
  ])("says %s and nothing more", async (_what, respond, detail) => {
    answerWith(respond);
    expect(await send("push")).toEqual({ result: "failed", detail });
  });

  it("that the policy does not name fails, and throws nothing", async () => {
    expect((await send("pigeon")).result).toBe("failed");
  });
});
