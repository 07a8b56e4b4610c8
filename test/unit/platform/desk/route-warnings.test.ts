// What is wrong with the way to people, from policy and bindings alone.
import { describe, expect, it } from "vitest";
import { isHint, warningSentenceOf } from "../../../../control-plane/src/core/desk/paging/route-warning.ts";
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
const woken = {
  channels: {
    phone: { kind: "ntfy", topic: "fleet" },
    call: { kind: "pushover", user: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG", secret: "CHANNEL_CALL" },
  },
  responders: [
    { id: "alice", name: "Alice", channels: ["phone", "call"] },
    { id: "bob", name: "Bob", channels: ["phone"] },
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
      ["person-unreachable bob", "channel-broken", "nobody-is-woken"],
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
      ["channel-broken", "nobody-is-woken"],
    ],
    [
      "one on call with a channel that rings a phone on silent",
      { ...woken, ...stepsFor("alice", "bob") },
      { ...cloud, CHANNEL_CALL: "azGDORePK8gMaC0QOYAMyEEuzJnyUi" },
      [],
    ],
    [
      "the same whose channel cannot work",
      { ...woken, ...stepsFor("alice", "bob") },
      cloud,
      ["channel-broken", "nobody-is-woken"],
    ],
    [
      "the same who is not on call",
      { ...woken, ...stepsFor("bob") },
      { ...cloud, CHANNEL_CALL: "azGDORePK8gMaC0QOYAMyEEuzJnyUi" },
      ["nobody-is-woken"],
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

describe("a channel that two people share", () => {
  const CHAT = { kind: "telegram", secret: "CHANNEL_CHAT", chat: "123456789" };
  const bindings = {
    ...cloud,
    CHANNEL_CHAT: "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
    CHANNEL_CHAT_HOOK: "a-random-word",
    CHANNEL_CALL: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
  };
  const shared = (channel: object, channels: readonly (readonly string[])[] = [["chat"], ["chat"], []]) => {
    const responders = ["alice", "bob", "carol"].flatMap((id, index) => {
      const own = channels[index] ?? [];
      return own.length === 0 ? [] : [{ id, name: id.toUpperCase(), channels: own }];
    });
    const policy = Policy.parse({
      version: 1,
      channels: { chat: channel, call: woken.channels.call },
      responders,
      ...stepsFor("alice"),
    });
    return judgeRoutes(policy, bindings).filter(({ reason }) => reason === "channel-shared");
  };

  it("and on which one says that they have it counts for whom the page was for: that is said, with whom", () => {
    const warnings = shared({ ...CHAT, hook: "CHANNEL_CHAT_HOOK" });
    expect(warnings).toEqual([{ reason: "channel-shared", channel: "chat", responders: ["alice", "bob"] }]);
    expect(warnings.map(warningSentenceOf)).toEqual([
      "alice and bob share channel chat: who says \u201cI have it\u201d there acts for whomever the page was for. Give each their own.",
    ]);
    expect(warnings.map(isHint)).toEqual([true]);
    expect(shared(CHAT, [["call"], ["call"]])).toEqual([
      { reason: "channel-shared", channel: "call", responders: ["alice", "bob"] },
    ]);
  });

  it.each<[string, object, readonly (readonly string[])[]]>([
    ["has no button", CHAT, [["chat"], ["chat"]]],
    [
      "is a group, which has no button",
      { ...CHAT, hook: "CHANNEL_CHAT_HOOK", chat: "-100123" },
      [["chat"], ["chat"]],
    ],
    ["answers nothing", { kind: "ntfy", topic: "fleet" }, [["chat"], ["chat"]]],
    ["is one person's", { ...CHAT, hook: "CHANNEL_CHAT_HOOK" }, [["chat"], ["call"]]],
  ])("is nothing to say where it %s", (_what, channel, channels) => {
    expect(shared(channel, channels)).toEqual([]);
  });
});

it("what is answered and would be refused here is said, though the pages go out", () => {
  const duty = { kind: "pagerduty", secret: "CHANNEL_DUTY", webhookSecret: "CHANNEL_DUTY_HOOK" };
  const policy = Policy.parse({
    version: 1,
    channels: { duty },
    responders: [{ id: "alice", name: "Alice", channels: ["duty"] }],
    ...stepsFor("alice"),
  });
  const bindings = { ...cloud, CHANNEL_DUTY: "0".repeat(32) };
  const hooked = { ...bindings, CHANNEL_DUTY_HOOK: "s" };
  const warnings = judgeRoutes(policy, bindings);
  expect(warnings.map(warningSentenceOf)).toEqual([
    "What is answered on channel duty is not heard: the binding CHANNEL_DUTY_HOOK is not set.",
  ]);
  expect(warnings.map(isHint)).toEqual([true]);
  expect(judgeRoutes(policy, hooked)).toEqual([]);
  expect(judgeRoutes(policy, cloud).map(({ reason }) => reason)).not.toContain("channel-unheard");
});
