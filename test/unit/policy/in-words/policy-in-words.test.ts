// A policy in words: nothing that differs is left out, no address is told, and what changes is found by what it is about.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spanText } from "../../../../control-plane/src/policy/in-words/line.ts";
import {
  changesInWords,
  leaversOf,
  policyInWords,
} from "../../../../control-plane/src/policy/in-words/policy-in-words.ts";
import { diffPolicies, isSamePolicy } from "../../../../control-plane/src/policy/policy-diff.ts";
import { parsePolicyText } from "../../../../control-plane/src/policy/policy-file.ts";
import { Policy } from "../../../../control-plane/src/policy/policy.ts";
import { reasonsOf, REASON_GROUPS } from "../../../../control-plane/src/policy/reason-titles.ts";

function policyOf(change: object): Policy {
  return Policy.parse({ version: 1, ...change });
}

const TWO = {
  channels: {
    phone: { kind: "ntfy", topic: "long-random-topic", secret: "CHANNEL_NTFY" },
    chat: { kind: "webhook", url: "https://chat.example.net/in/secret-path", secret: "CHANNEL_CHAT" },
  },
  responders: [
    { id: "alice", name: "Alice", channels: ["phone", "chat"] },
    { id: "omar", name: "Omar", channels: ["chat"] },
  ],
  escalation: {
    steps: [
      { notify: ["alice"], after: "0s" },
      { notify: ["omar"], after: "5m" },
    ],
  },
};

function withOmar(roles: readonly string[] | undefined) {
  const [alice, omar] = TWO.responders;
  return { ...TWO, responders: [alice, { ...omar, ...(roles === undefined ? {} : { roles }) }] };
}

describe("a policy in words", () => {
  it("has a line for each step, person, channel and rung, and says nothing of an address", () => {
    const parts = policyInWords(policyOf(TWO));
    const keysOf = (id: string) => parts.find((part) => part.id === id)?.lines.map(({ key }) => key);
    expect(keysOf("who")).toEqual(["step 1", "step 2", "repeat"]);
    expect(keysOf("people")).toEqual(["alice", "omar"]);
    expect(keysOf("channels")).toEqual(["phone", "chat"]);
    expect(keysOf("runs")).toEqual(expect.arrayContaining(["check-failing restart", "budget"]));
    expect(keysOf("bounds")).toBeUndefined();
    const text = JSON.stringify(parts);
    expect(text).toContain("CHANNEL_NTFY");
    expect(text).not.toContain("long-random-topic");
    expect(text).not.toContain("secret-path");
  });

  it.each([
    [undefined, undefined],
    [["approve", "administer"], undefined],
    [["approve"], ["Omar may answer and approve, but not administer."]],
    [["answer"], ["Omar may answer, but not approve or administer."]],
    [["administer"], ["Omar may administer, but not answer or approve."]],
    [[], ["Omar may only look."]],
  ])("says of roles %j only what is not the default", (roles, texts) => {
    const parts = policyInWords(policyOf(withOmar(roles)));
    expect(parts.find(({ id }) => id === "roles")?.lines.map(({ text }) => text)).toEqual(texts);
  });

  it("says which rules are silent, and that none is", () => {
    const keysOf = (change: object) =>
      policyInWords(policyOf(change))
        .find(({ id }) => id === "silent")
        ?.lines.map(({ key }) => key);
    expect(keysOf({})).toEqual(["none"]);
    const rules = { "stale-code": { enabled: false }, "no-progress": { shadow: true } };
    expect(keysOf({ shadow: true, rules })).toEqual(["all", "no-progress", "stale-code"]);
  });

  it.each([
    [0, "0 s"],
    [1_000, "1 s"],
    [90_000, "1 min 30 s"],
    [86_400_000, "1 day"],
    [2 * 86_400_000 + 3_600_000, "2 days 1 h"],
    [250, "250 ms"],
  ])("%i ms is %s", (durationMs, text) => {
    expect(spanText(durationMs)).toBe(text);
  });
});

describe("what another policy would change", () => {
  const without = {
    ...TWO,
    responders: TWO.responders.slice(0, 1),
    escalation: { steps: TWO.escalation.steps.slice(0, 1) },
  };

  it("is told by what it is about", () => {
    const changes = changesInWords(policyOf(TWO), policyOf(without));
    expect(changes.map(({ part, after }) => [part, after === null])).toEqual([
      ["who", true],
      ["people", true],
      ["channels", false],
    ]);
    expect(leaversOf(policyOf(TWO), policyOf(without))).toEqual(["omar"]);
  });

  it.each([
    [undefined, ["answer", "administer"], ["Omar may no longer approve."]],
    [undefined, [], ["Omar may no longer answer, approve or administer."]],
    [["answer"], undefined, ["Omar may now approve and administer."]],
    [["answer", "administer"], ["approve"], ["Omar may now approve.", "Omar may no longer administer."]],
    [["approve"], ["answer", "approve"], []],
  ])("tells of roles %j → %j what is gained and lost", (before, after, texts) => {
    const changes = changesInWords(policyOf(withOmar(before)), policyOf(withOmar(after)));
    expect(changes.map(({ part, after: text }) => [part, text])).toEqual(
      texts.map((text) => ["roles", text]),
    );
  });

  it("tells of who comes what they may not do", () => {
    const changes = changesInWords(policyOf(without), policyOf(withOmar([])));
    expect(changes.filter(({ part }) => part === "roles").map(({ after }) => after)).toEqual([
      "Omar may only look.",
    ]);
  });

  it("says who is reached by all their channels at once", () => {
    const [alice, omar] = TWO.responders;
    const atOnce = policyOf({ ...TWO, responders: [{ ...alice, send: "at-once" }, omar] });
    const texts = changesInWords(policyOf(TWO), atOnce).map(({ after }) => after);
    expect(texts).toEqual(
      expect.arrayContaining([
        expect.stringContaining("Alice, by phone and chat at once"),
        expect.stringContaining("reached by phone and chat at once"),
      ]),
    );
  });

  it("is told by its setting where no line tells it, and shows no address", () => {
    const moved = {
      ...TWO,
      channels: { ...TWO.channels, phone: { ...TWO.channels.phone, topic: "another-topic" } },
    };
    const [change, ...others] = changesInWords(policyOf(TWO), policyOf(moved));
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      part: "setting",
      before: expect.stringContaining("channels.phone.topic"),
    });
    expect(JSON.stringify(change)).not.toContain("topic-");
    expect(JSON.stringify(change)).not.toContain("another-topic");
  });

  it.each([
    [["restart", "reload"], ["order check-failing"]],
    [
      ["restart", "reload", "retry"],
      ["retry asks first", "order check-failing"],
    ],
    [
      ["reload", "restart", "retry"],
      ["retry asks first", "order check-failing"],
    ],
    [["reload"], ["restart", "order check-failing"]],
  ])("of [reload, restart] → %j names what is proposed first, and repeats no setting", (actions, wanted) => {
    const of = (names: readonly string[]) =>
      policyOf({ remediations: names.map((action) => ({ reason: "check-failing", action })) });
    const changes = changesInWords(of(["reload", "restart"]), of(actions));
    expect(changes.map(({ part }) => part)).toEqual(wanted.map(() => "runs"));
    const order = changes.at(-1);
    const isNamed = actions.length > 1;
    expect(order?.after === null).toBe(!isNamed);
    const at = actions.map((action) => order?.after?.indexOf(` ${action}`) ?? -1);
    if (isNamed) expect(at).toEqual(at.toSorted((left, right) => left - right));
  });

  it("of one that stays is told beside what comes", () => {
    const of = (...rungs: readonly object[]) => policyOf({ remediations: rungs });
    const restart = { reason: "check-failing", action: "restart" };
    const before = of({ reason: "check-failing", action: "reload" }, restart);
    const after = of({ reason: "no-progress", action: "reload" }, restart);
    expect(changesInWords(before, after).map(({ part }) => part)).toEqual(["runs", "runs", "runs"]);
  });

  const changed = fc.record(
    {
      liveness: fc.constantFrom({ profile: "fast" }, { reconnectGrace: "30s" }),
      shadow: fc.boolean(),
      checkFailing: fc.constantFrom({ failuresMin: 5 }, { failuresOfTenMin: "never" }, { held: "1m" }),
      restartBudget: fc.constantFrom({ restartsMax: 1 }, { window: "2h" }),
      verify: fc.constant({ stability: "1m" }),
      ladder: fc.constantFrom({ observeFirst: "1m" }, { proposalsMax: 1 }, { proposalsWindow: "2h" }),
      remediations: fc.constantFrom(
        [],
        [{ reason: "check-failing", action: "retry", unattended: true }],
        [{ reason: "check-failing", action: "restart", unattended: false }],
        [
          { reason: "check-failing", action: "restart" },
          { reason: "check-failing", action: "retry", unattended: true },
        ],
        [
          { reason: "check-failing", action: "retry" },
          { reason: "check-failing", action: "restart" },
        ],
      ),
      overrides: fc.constantFrom(
        [{ match: { hosts: ["db-*"] }, verify: { stability: "1m" } }],
        [{ match: { hosts: ["db-*"] }, remediations: [] }],
      ),
      approval: fc.constantFrom({ expires: "1m" }, { grantValid: "1m" }),
      incident: fc.constantFrom({ acknowledgement: "2h" }, { resolveAfter: "1m" }),
      retention: fc.constant({ auditFor: "40d" }),
      rules: fc.constantFrom(
        { "stale-code": { enabled: false } },
        { "stale-code": { after: "1h" } },
        { "fleet-silent": { share: 0.5 } },
      ),
      people: fc.constantFrom(TWO, without, withOmar(["answer"]), withOmar([])),
    },
    { requiredKeys: [] },
  );
  const policies = changed.map(({ people = {}, ...rest }) => policyOf({ ...rest, ...people }));

  it("is never nothing while something differs, and nothing else while nothing does", () => {
    fc.assert(
      fc.property(policies, policies, (before, after) => {
        const differs = diffPolicies(before, after).length > 0;
        expect(changesInWords(before, after).length > 0).toBe(differs);
        expect(isSamePolicy(before, after)).toBe(!differs);
      }),
      { numRuns: 300 },
    );
  });

  it("is the same for comments, order of keys and written-out defaults", () => {
    const read = (text: string) => {
      const parsed = parsePolicyText(text);
      if (!parsed.ok) throw new Error("the policy is right");
      return parsed.value;
    };
    const [left, right] = [
      read("version: 1\nverify: { stability: 10m } # calm\nshadow: false"),
      read("shadow: false\nversion: 1"),
    ];
    expect(isSamePolicy(left, right)).toBe(true);
    expect(isSamePolicy(left, read("version: 1\nverify: { stability: 9m }"))).toBe(false);
  });
});

it("every rule is in one group of the runbooks", () => {
  const reasons = REASON_GROUPS.flatMap(({ id }) => reasonsOf(id));
  expect(reasons.toSorted()).toEqual(Object.keys(policyOf({}).rules).toSorted());
});
