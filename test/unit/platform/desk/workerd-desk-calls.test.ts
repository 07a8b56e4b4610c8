// What the desk's ports on workerd hand to a channel, from the effect as the core makes it to the request that goes out.
import { afterEach, expect, it, vi } from "vitest";
import type { Page } from "../../../../control-plane/src/core/desk/records/pages/page.ts";
import type { ActorEnv } from "../../../../control-plane/src/platform/actor-env.ts";
import { WorkerdDeskCalls } from "../../../../control-plane/src/platform/desk/workerd-desk-calls.ts";
import { WorkerdCalls } from "../../../../control-plane/src/platform/workerd-ports.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";

afterEach(() => vi.restoreAllMocks());

const TOKEN = "azGDORePK8gMaC0QOYAMyEEuzJnyUi";
const policy = Policy.parse({
  version: 1,
  channels: { phone: { kind: "pushover", user: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG", secret: "CHANNEL_PHONE" } },
  responders: [{ id: "alice", name: "Alice", channels: ["phone"] }],
  escalation: { steps: [{ notify: ["alice"], after: "0s" }] },
});

function pageOf(kind: Page["kind"]): Page {
  return {
    key: "k",
    incidentId: "inc_1",
    approvalId: null,
    kind,
    tells: [],
    isEverywhere: false,
    responder: "alice",
    channels: ["phone"],
    channelIndex: 0,
    attempts: 1,
    nextAttemptAt: 0,
    state: "pending",
    severity: "error",
    title: "t",
    body: "b",
    path: "/",
    createdAt: 0,
    deliveredAt: null,
    deliveredBy: null,
    lastError: null,
  };
}

/** How loud Pushover was asked to be. */
async function priorityOf(kind: Page["kind"]): Promise<string | null> {
  const asked = Promise.withResolvers<string>();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    asked.resolve(await (input as Request).text());
    return Response.json({ status: 1 });
  });
  const env = { PUBLIC_URL: "https://desk.test", CHANNEL_PHONE: TOKEN };
  const calls = new WorkerdDeskCalls(new WorkerdCalls(), () => env as unknown as ActorEnv, {
    policy: () => policy,
    signers: () => null,
  });
  // As the core makes it: an effect has a kind of its own.
  const effect = { kind: "send-page", page: pageOf(kind), channel: "phone", earlier: null } as const;
  calls.sendPage(effect, () => {});
  return new URLSearchParams(await asked.promise).get("priority");
}

it("tells a channel what kind of page it is, whatever effect brought it", async () => {
  expect(await priorityOf("ring")).toBe("2");
  expect(await priorityOf("test")).toBe("2");
  expect(await priorityOf("update")).toBe("-1");
  expect(await priorityOf("recovered")).toBe("0");
});
