// `fallback-untested`: what declares a path, what exercises it, and the period; each bound from both sides.
import { describe, expect, it } from "vitest";
import {
  fallbackUntested,
  PATHS_MAX,
} from "../../../../../control-plane/src/core/facts/rules/fallback-untested.ts";
import { driveRule, type FactBody, HOUR_MS } from "../fact-driver.ts";

const DAY_MS = 24 * HOUR_MS;

function turn(isActive: boolean, fallback = "standby"): FactBody {
  return { kind: "fallback", fallback, isActive };
}

function drill(path = "standby"): FactBody {
  return { kind: "drill", path };
}

function drive(...facts: readonly (readonly [number, FactBody])[]) {
  const rule = driveRule(fallbackUntested);
  for (const [days, fact] of facts) rule.take(days * DAY_MS, fact);
  return rule;
}

describe("fallback-untested", () => {
  it.each([
    { name: "declared", facts: [[0, turn(false)]], fromDays: 0 },
    {
      name: "declared, then drilled",
      facts: [
        [0, turn(false)],
        [10, drill()],
      ],
      fromDays: 10,
    },
    { name: "drilled without a declaration", facts: [[3, drill("sms")]], fromDays: 3 },
    {
      name: "activated and left",
      facts: [
        [0, turn(false)],
        [5, turn(true)],
        [9, turn(false)],
      ],
      fromDays: 9,
    },
    {
      name: "declared again and again",
      facts: [
        [0, turn(false)],
        [20, turn(false)],
      ],
      fromDays: 0,
    },
  ] as const)("$name: fires thirty days after day $fromDays", ({ facts, fromDays }) => {
    const rule = drive(...facts);
    const dueMs = (fromDays + 30) * DAY_MS;
    expect(rule.findingAt(dueMs - 1)).toBeNull();
    expect(rule.nextAt(dueMs - 1)).toBe(dueMs);
    expect(rule.findingAt(dueMs)?.severity).toBe("warning");
  });

  it("never while it is in use: that is exercise enough", () => {
    expect(drive([0, turn(false)], [1, turn(true)]).findingAt(300 * DAY_MS)).toBeNull();
  });

  it("says whether it was ever exercised, and names the path", () => {
    const rule = drive([0, turn(false)], [1, drill("sms")]);
    expect(rule.findingAt(31 * DAY_MS)?.title).toBe("Not exercised for 30d: standby and sms of web on web-1");
    expect(rule.textsAt(31 * DAY_MS)).toEqual([
      "standby was declared, and never exercised",
      "sms was last exercised",
    ]);
  });

  it("clears with a drill", () => {
    const rule = drive([0, turn(false)], [40, drill()]);
    expect(rule.findingAt(40 * DAY_MS)).toBeNull();
  });

  it("goes by the policy's period", () => {
    const rule = driveRule(fallbackUntested, { period: "7d" });
    rule.take(0, turn(false));
    expect(rule.findingAt(7 * DAY_MS - 1)).toBeNull();
    expect(rule.findingAt(7 * DAY_MS)).not.toBeNull();
  });

  it(`remembers at most ${PATHS_MAX}; what is said again changes nothing`, () => {
    const rule = drive([0, turn(false)]);
    const before = rule.slice();
    rule.take(1, turn(false));
    expect(rule.slice()).toBe(before);
    for (let index = 0; index < 50; index += 1) rule.take(1, drill(`p-${index}`));
    expect(rule.slice()).toHaveLength(PATHS_MAX);
  });
});
