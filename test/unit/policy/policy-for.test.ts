// Whose policy is which: overrides by host, tag and service, laid over the fleet's policy in their order.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePolicyText } from "../../../control-plane/src/policy/policy-file.ts";
import {
  isNameMatch,
  isShadowed,
  policyFor,
  type PolicySubject,
} from "../../../control-plane/src/policy/policy-for.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";

const web: PolicySubject = { hostName: "web-1", tags: ["prod"], service: null };
const demo: PolicySubject = { ...web, service: "demo" };

function policyOf(overrides: readonly object[]): Policy {
  return Policy.parse({ version: 1, overrides });
}

describe("policyFor", () => {
  it("is the very policy without overrides, and where none matches", () => {
    const plain = Policy.parse({ version: 1 });
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string()), fc.array(fc.string()), (hostName, service, tags) => {
        expect(policyFor(plain, { hostName, service, tags })).toBe(plain);
      }),
    );
    const other = policyOf([{ match: { hosts: ["db-*"] }, shadow: true }]);
    expect(policyFor(other, web)).toBe(other);
  });

  it.each([
    ["a host by name", { hosts: ["web-1"] }, true, true],
    ["hosts by pattern", { hosts: ["db-1", "web-*"] }, true, true],
    ["another host", { hosts: ["web-2"] }, false, false],
    ["a tag", { tags: ["test", "prod"] }, true, true],
    ["another tag", { tags: ["test"] }, false, false],
    ["a service", { services: ["demo"] }, false, true],
    ["services by pattern", { services: ["de*"] }, false, true],
    ["another service", { services: ["queue"] }, false, false],
    ["a service on a host", { hosts: ["web-1"], services: ["demo"] }, false, true],
    ["a service on another host", { hosts: ["web-2"], services: ["demo"] }, false, false],
    ["a service with a tag it has not", { tags: ["test"], services: ["demo"] }, false, false],
  ])("matches %s", (_what, match, ofHost, ofService) => {
    const policy = policyOf([{ match, shadow: true }]);
    expect(policyFor(policy, web).shadow).toBe(ofHost);
    expect(policyFor(policy, demo).shadow).toBe(ofService);
  });

  it("changes what an override names and nothing else", () => {
    const policy = policyOf([
      {
        match: { services: ["demo"] },
        checkFailing: { held: "1m" },
        restartBudget: { restartsMax: 1 },
        verify: { stability: "30m" },
        remediations: [],
        rules: { "restart-loop-suspected": { restartsMin: 9 }, "stale-code": { enabled: false } },
      },
    ]);
    const changed = policyFor(policy, demo);
    expect(changed.checkFailing).toEqual({ failuresMin: 3, failuresOfTenMin: null, heldMs: 60_000 });
    expect(changed.restartBudget).toEqual({ restartsMax: 1, windowMs: 3_600_000 });
    expect(changed.verify).toEqual({ stabilityMs: 1_800_000 });
    expect(changed.remediations).toEqual([]);
    const { "restart-loop-suspected": loop, "stale-code": stale, ...rest } = policy.rules;
    expect(changed.rules).toEqual({
      ...rest,
      "restart-loop-suspected": { ...loop, restartsMin: 9 },
      "stale-code": { ...stale, enabled: false },
    });
    expect({ ...changed, ...pick(policy) }).toEqual(policy);
  });

  it("lets the later override win, key by key", () => {
    const policy = policyOf([
      { match: { hosts: ["web-*"] }, checkFailing: { failuresMin: 5, held: "1m" } },
      { match: { services: ["demo"] }, checkFailing: { failuresMin: 7 } },
    ]);
    expect(policyFor(policy, demo).checkFailing).toEqual({
      failuresMin: 7,
      failuresOfTenMin: null,
      heldMs: 60_000,
    });
    expect(policyFor(policy, web).checkFailing).toEqual({
      failuresMin: 5,
      failuresOfTenMin: null,
      heldMs: 60_000,
    });
  });

  it("gives the same object for the same overrides, and by way of the host what it gives at once", () => {
    const policy = policyOf([
      { match: { hosts: ["web-*"] }, verify: { stability: "1m" } },
      { match: { services: ["demo"] }, verify: { stability: "2m" } },
    ]);
    expect(policyFor(policy, demo)).toBe(policyFor(policy, { ...demo, hostName: "web-2" }));
    expect(policyFor(policyFor(policy, web), demo)).toEqual(policyFor(policy, demo));
  });

  it("tells a shadowed rule", () => {
    const policy = policyOf([{ match: { hosts: ["web-1"] }, rules: { "stale-code": { shadow: true } } }]);
    expect(isShadowed(policyFor(policy, web), "stale-code")).toBe(true);
    expect(isShadowed(policyFor(policy, web), "no-progress")).toBe(false);
    expect(isShadowed(policy, "stale-code")).toBe(false);
    expect(isShadowed(Policy.parse({ version: 1, shadow: true }), "no-progress")).toBe(true);
  });

  it.each([
    ["an override for everything", "{ match: {}, shadow: true }", "expected hosts, tags or services"],
    ["one of the people's keys", "{ match: { hosts: [a] }, escalation: {} }", "unknown key"],
    ["a mistyped rule", "{ match: { hosts: [a] }, rules: { stale-cod: {} } }", 'did you mean "stale-code"'],
    ["a bad bound", "{ match: { hosts: [a] }, rules: { no-progress: { window: 5 } } }", "such as 15m, got 5"],
  ])("refuses %s with its line", (_what, override, message) => {
    const parsed = parsePolicyText(`version: 1\noverrides:\n  - ${override}`);
    expect(parsed.ok ? [] : parsed.error.problems).toMatchObject([{ line: 3 }]);
    expect(parsed.ok ? "" : parsed.error.problems[0]?.message).toContain(message);
  });
});

function pick({ rules, checkFailing, restartBudget, verify, remediations }: Policy) {
  return { rules, checkFailing, restartBudget, verify, remediations };
}

describe("a pattern of names", () => {
  it.each([
    ["web-1", "web-1", true],
    ["web-1", "web-10", false],
    ["*", "", true],
    ["web-*", "web-", true],
    ["*-1", "web-1", true],
    ["w*b-*1", "web-1", true],
    ["a*a", "a", false],
    ["a*b*c", "abbc", true],
    ["a*bb*bc", "abbc", false],
    ["a.c", "abc", false],
    ["**", "x", true],
  ])("%s on %s: %s", (pattern, name, isMatching) => {
    expect(isNameMatch(pattern, name)).toBe(isMatching);
  });

  it("agrees with the same pattern as a regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (pattern, other) => {
        const name = other.replaceAll("*", "");
        expect(isNameMatch(pattern, name)).toBe(
          new RegExp(`^${pattern.replaceAll(/\*+/g, ".*")}$`).test(name),
        );
      }),
    );
  });
});
