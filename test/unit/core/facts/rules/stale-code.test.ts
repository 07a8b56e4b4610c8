// `stale-code`: the process is older than the code on disk for longer than allowed, until it is started anew.
import { describe, expect, it } from "vitest";
import { staleCode } from "../../../../../control-plane/src/core/facts/rules/stale-code.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

const AFTER_MS = 30 * MINUTE_MS;

function code(diskChangedMs: number, runningSinceMs: number): FactBody {
  return { kind: "code", diskChangedAt: START_AT + diskChangedMs, runningSinceAt: START_AT + runningSinceMs };
}

describe("stale-code", () => {
  it.each([
    { afterMs: AFTER_MS - 1, fires: false },
    { afterMs: AFTER_MS, fires: true },
  ])("$afterMs ms after the code changed: fires $fires (seed 004: within the hour)", ({ afterMs, fires }) => {
    const rule = driveRule(staleCode);
    rule.take(0, code(0, -HOUR_MS));
    expect(rule.nextAt(0)).toBe(AFTER_MS);
    expect(rule.findingAt(afterMs) !== null).toBe(fires);
  });

  it.each([
    { runningSinceMs: -1, isStale: true },
    { runningSinceMs: 0, isStale: false },
    { runningSinceMs: 1, isStale: false },
  ])(
    "a process started $runningSinceMs ms after the change: stale $isStale",
    ({ runningSinceMs, isStale }) => {
      const rule = driveRule(staleCode);
      rule.take(0, code(0, runningSinceMs));
      expect(rule.isForgottenAt(0)).toBe(!isStale);
    },
  );

  it("a change that is told late is found at once", () => {
    const rule = driveRule(staleCode);
    rule.take(8 * HOUR_MS, code(0, -HOUR_MS));
    expect(rule.findingAt(8 * HOUR_MS)).toMatchObject({ happenedAt: START_AT, severity: "error" });
    expect(rule.nextAt(8 * HOUR_MS)).toBeNull();
  });

  it.each([
    { restartMs: -1, isStale: true },
    { restartMs: 0, isStale: false },
  ])("a restart $restartMs ms after the change: stale $isStale", ({ restartMs, isStale }) => {
    const rule = driveRule(staleCode);
    rule.take(0, code(0, -HOUR_MS));
    rule.take(restartMs, { kind: "restart", by: "person" });
    expect(rule.isForgottenAt(0)).toBe(!isStale);
  });

  it("a repeated word of the same code changes nothing", () => {
    const rule = driveRule(staleCode);
    rule.take(0, code(0, -HOUR_MS));
    const before = rule.slice();
    rule.take(MINUTE_MS, code(0, -HOUR_MS));
    expect(rule.slice()).toBe(before);
  });

  it("the policy's bound holds", () => {
    const rule = driveRule(staleCode, { after: "2h" });
    rule.take(0, code(0, -HOUR_MS));
    expect(rule.findingAt(2 * HOUR_MS - 1)).toBeNull();
    expect(rule.findingAt(2 * HOUR_MS)).not.toBeNull();
  });
});
