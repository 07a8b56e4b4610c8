// `fallback-overdue`: how long a fallback may last, how the severity rises, and what ends it; each bound from both sides.
import { describe, expect, it } from "vitest";
import {
  fallbackOverdue,
  FALLBACKS_MAX,
} from "../../../../../control-plane/src/core/facts/rules/fallback-overdue.ts";
import { START_AT } from "../../shard/shard-driver.ts";
import { driveRule, type FactBody, HOUR_MS } from "../fact-driver.ts";

function turn(isActive: boolean, fallback = "other-providers"): FactBody {
  return { kind: "fallback", fallback, isActive };
}

function drive(bounds = {}) {
  const rule = driveRule(fallbackOverdue, bounds);
  rule.take(0, turn(true));
  return rule;
}

describe("fallback-overdue", () => {
  it.each([
    { atMs: 4 * HOUR_MS - 1, severity: undefined },
    { atMs: 4 * HOUR_MS, severity: "warning" },
    { atMs: 8 * HOUR_MS - 1, severity: "warning" },
    { atMs: 8 * HOUR_MS, severity: "error" },
    { atMs: 12 * HOUR_MS - 1, severity: "error" },
    { atMs: 12 * HOUR_MS, severity: "critical" },
    { atMs: 72 * HOUR_MS, severity: "critical" },
  ])("after $atMs ms on its fallback: $severity (seed 000)", ({ atMs, severity }) => {
    expect(drive().findingAt(atMs)?.severity).toBe(severity);
  });

  it("asks to be judged at each rise, and no more after the last", () => {
    const rule = drive();
    expect([0, 4, 8, 12].map((hours) => rule.nextAt(hours * HOUR_MS))).toEqual([
      4 * HOUR_MS,
      8 * HOUR_MS,
      12 * HOUR_MS,
      null,
    ]);
  });

  it("counts from when it began, however often that is told again", () => {
    const rule = drive();
    const before = rule.slice();
    for (let hour = 1; hour < 4; hour += 1) rule.take(hour * HOUR_MS, turn(true));
    expect(rule.slice()).toBe(before);
    expect(rule.findingAt(4 * HOUR_MS)).toMatchObject({
      title: "web on web-1 still runs on its fallback: other-providers",
      happenedAt: START_AT,
      isRestartPointless: false,
    });
    expect(rule.textsAt(5 * HOUR_MS)).toEqual(["on fallback other-providers for 5h; allowed: 4h"]);
  });

  it("ends when the service leaves it, and holds nothing then; another turn begins anew", () => {
    const rule = drive();
    rule.take(5 * HOUR_MS, turn(false));
    expect(rule.isForgottenAt(5 * HOUR_MS)).toBe(true);
    rule.take(6 * HOUR_MS, turn(true));
    expect(rule.findingAt(10 * HOUR_MS - 1)).toBeNull();
    expect(rule.findingAt(10 * HOUR_MS)?.severity).toBe("warning");
  });

  it("a declaration of an idle fallback is no memory", () => {
    const rule = driveRule(fallbackOverdue);
    rule.take(0, turn(false));
    expect(rule.isForgottenAt(0)).toBe(true);
  });

  it("goes by the policy's bound, and by the longest of several", () => {
    const rule = drive({ after: "1h" });
    rule.take(HOUR_MS, turn(true, "read-only"));
    expect(rule.findingAt(2 * HOUR_MS)).toMatchObject({
      severity: "error",
      title: "web on web-1 still runs on its fallback: other-providers and read-only",
    });
  });

  it(`remembers at most ${FALLBACKS_MAX}`, () => {
    const rule = drive();
    for (let index = 0; index < 50; index += 1) rule.take(1, turn(true, `f-${index}`));
    expect(rule.slice()).toHaveLength(FALLBACKS_MAX);
  });
});
