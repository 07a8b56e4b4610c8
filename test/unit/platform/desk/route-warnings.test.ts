// What is wrong with the way to people, from policy and bindings alone.
import { describe, expect, it } from "vitest";
import {
  judgeRoutes,
  type RouteBindings,
  workingChannelsOf,
} from "../../../../control-plane/src/platform/desk/routes.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";

const cloud: RouteBindings = { PUBLIC_URL: "https://desk.test" };
const terminal = { fetch: async () => new Response() };
const twoPeople = {
  channels: { terminal: { kind: "terminal" }, phone: { kind: "ntfy", topic: "fleet" } },
  responders: [
    { id: "alice", name: "Alice", channels: ["phone"] },
    { id: "bob", name: "Bob", channels: ["terminal"] },
    { id: "eve", name: "Eve", channels: ["terminal"] },
  ],
};
const stepsFor = (...notify: string[]) => ({ escalation: { steps: [{ notify, after: "0s" }] } });

function withRoles(roles: readonly string[]) {
  return [{ id: "operator", name: "Operator", channels: ["terminal"], roles }];
}

/** Zoe, who may only look, is paged first, with whom else is named. */
function looksFirst(...others: readonly string[]) {
  return {
    responders: [
      ...withRoles(["answer", "approve", "administer"]),
      { id: "zoe", name: "Zoe", channels: ["terminal"], roles: [] },
    ],
    escalation: {
      steps: [
        { notify: ["operator"], after: "0s" },
        { notify: ["zoe", ...others], after: "5m" },
      ],
    },
  };
}

function reasonsOf(settings: object, bindings: RouteBindings): readonly string[] {
  return judgeRoutes(Policy.parse({ version: 1, ...settings }), bindings).map((warning) =>
    [warning.reason, ...("responder" in warning ? [warning.responder] : [])].join(" "),
  );
}

describe("the way to people", () => {
  it.each([
    ["the default policy with a terminal", {}, { ...cloud, TERMINAL: terminal }, []],
    ["the default policy on Cloudflare", {}, cloud, ["no-channel", "channel-broken"]],
    [
      "one of two people on call without a channel",
      { ...twoPeople, ...stepsFor("alice", "bob") },
      cloud,
      ["person-unreachable bob", "channel-broken"],
    ],
    [
      "nobody on call with a channel",
      { ...twoPeople, ...stepsFor("bob") },
      cloud,
      ["no-channel", "channel-broken"],
    ],
    [
      "somebody off call without a channel",
      { ...twoPeople, ...stepsFor("alice") },
      cloud,
      ["channel-broken"],
    ],
    [
      "a channel over plain http",
      {
        channels: {
          terminal: { kind: "terminal" },
          lan: { kind: "ntfy", server: "http://10.0.0.5", topic: "t", insecure: true },
          own: { kind: "ntfy", server: "http://127.0.0.1:8080", topic: "t", insecure: true },
        },
      },
      { ...cloud, TERMINAL: terminal },
      ["channel-insecure"],
    ],
    ["no address of the desk", {}, { PUBLIC_URL: "", TERMINAL: terminal }, ["public-url-unusable"]],
    [
      "nobody who may approve or administer",
      { responders: withRoles(["answer"]) },
      { ...cloud, TERMINAL: terminal },
      ["no-approver", "no-administrator"],
    ],
    [
      "nobody who may answer a page",
      { responders: withRoles(["administer"]) },
      { ...cloud, TERMINAL: terminal },
      ["step-cannot-answer", "no-approver"],
    ],
    ["a step's people of whom one may answer", looksFirst("operator"), { ...cloud, TERMINAL: terminal }, []],
    [
      "a step that pages only who may look",
      looksFirst(),
      { ...cloud, TERMINAL: terminal },
      ["step-cannot-answer"],
    ],
  ])("%s", (_what, settings, bindings, reasons) => {
    expect(reasonsOf(settings, bindings)).toEqual(reasons);
  });

  it("of one person: their channels that can work, in their order", () => {
    const policy = Policy.parse({
      version: 1,
      ...twoPeople,
      responders: [{ id: "alice", name: "Alice", channels: ["terminal", "phone"] }],
      ...stepsFor("alice"),
    });
    expect(workingChannelsOf("alice", policy, cloud)).toEqual(["phone"]);
    expect(workingChannelsOf("alice", policy, { ...cloud, TERMINAL: terminal })).toEqual([
      "terminal",
      "phone",
    ]);
    expect(workingChannelsOf("constructor", policy, cloud)).toEqual([]);
  });
});
