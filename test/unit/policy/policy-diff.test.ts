// Two policies compared by meaning: which setting changed from what to what, in people's units.
import { describe, expect, it } from "vitest";
import { diffPolicies, formatChange } from "../../../control-plane/src/policy/policy-diff.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";

function linesOf(before: object, after: object): readonly string[] {
  const parse = (change: object) => Policy.parse({ version: 1, ...change });
  return diffPolicies(parse(before), parse(after)).map(formatChange);
}

describe("diffPolicies", () => {
  it.each([
    ["nothing", {}, {}, []],
    [
      "a written-out default",
      {},
      { verify: { stability: "10m" }, rules: { "stale-code": { enabled: true } } },
      [],
    ],
    ["another way to write it", { verify: { stability: "10m" } }, { verify: { stability: "600s" } }, []],
    ["a duration", {}, { verify: { stability: "90s" } }, ["~ verify.stability: 10m → 1m 30s"]],
    [
      "a rule's bound",
      {},
      { rules: { "restart-loop-suspected": { restartsMin: 5, window: "2h" } } },
      ["~ rules.restart-loop-suspected.restartsMin: 3 → 5", "~ rules.restart-loop-suspected.window: 1h → 2h"],
    ],
    [
      "a rule turned off, and one in shadow",
      {},
      { rules: { "stale-code": { enabled: false }, "no-progress": { shadow: true } } },
      ["~ rules.no-progress.shadow: off → on", "~ rules.stale-code.enabled: on → off"],
    ],
    [
      "a profile",
      {},
      { liveness: { profile: "economy" } },
      ["~ liveness.keepalive: 5s → 10s", "~ liveness.lateAfter: 12s → 25s", "~ liveness.pageBound: 1m → 2m"],
    ],
    [
      "a person",
      {},
      {
        responders: [
          { id: "alice", name: "Alice", channels: ["terminal"] },
          { id: "operator", name: "Operator", channels: ["terminal"] },
        ],
      },
      [
        "+ responders, in order: alice, operator",
        "+ responders[alice].channels: terminal",
        "+ responders[alice].id: alice",
        "+ responders[alice].name: Alice",
      ],
    ],
    [
      "a person who may only look",
      {},
      {
        responders: [
          { id: "operator", name: "Operator", channels: ["terminal"] },
          { id: "zoe", name: "Zoe", channels: ["terminal"], roles: [] },
        ],
      },
      [
        "+ responders, in order: operator, zoe",
        "+ responders[zoe].channels: terminal",
        "+ responders[zoe].id: zoe",
        "+ responders[zoe].name: Zoe",
        "+ responders[zoe].roles: none",
      ],
    ],
    ["a role taken away", {}, operator(["answer"]), ["~ responders[operator].roles: all → answer"]],
    [
      "no role that another one holds, nor their order",
      operator(["approve"]),
      operator(["approve", "answer"]),
      [],
    ],
    ["all roles, written out", {}, operator(["administer", "approve", "answer"]), []],
    [
      "an override",
      { overrides: [{ match: { hosts: ["web-*"] }, verify: { stability: "1m" } }] },
      { overrides: [{ match: { hosts: ["web-*"] }, rules: { "no-progress": { window: "3h" } } }] },
      [
        "+ overrides[hosts web-*].rules.no-progress.window: 3h",
        "- overrides[hosts web-*].verify.stability: 1m",
      ],
    ],
    [
      "the order of overrides",
      { overrides: [override("a", "1m"), override("b", "2m")] },
      { overrides: [override("b", "2m"), override("a", "1m")] },
      ["~ overrides, in order: tags a; tags b → tags b; tags a"],
    ],
    ["an action taken away", {}, { remediations: [] }, null],
  ])("says %s", (_what, before, after, lines) => {
    const found = linesOf(before, after);
    if (lines === null) expect(found.length).toBeGreaterThan(0);
    else expect(found).toEqual(lines);
  });
});

it("says of each change whether it is where a channel sends to, whatever things are called", () => {
  const policyOf = (hook: string, topic: string) =>
    Policy.parse({
      version: 1,
      responders: [{ id: "operator", name: hook, channels: ["url"] }],
      channels: {
        url: { kind: "webhook", url: hook, secret: "CHANNEL_HOOK" },
        push: { kind: "ntfy", topic, server: hook },
      },
    });
  const changes = diffPolicies(policyOf("https://one.test/h", "one"), policyOf("https://two.test/h", "two"));
  expect(changes.map(({ isAddress, path }) => [path, isAddress])).toEqual([
    ["channels.push.server", true],
    ["channels.push.topic", true],
    ["channels.url.url", true],
    ["responders[operator].name", false],
  ]);
});

function operator(roles: readonly string[]) {
  return { responders: [{ id: "operator", name: "Operator", channels: ["terminal"], roles }] };
}

function override(tag: string, stability: string) {
  return { match: { tags: [tag] }, verify: { stability } };
}
