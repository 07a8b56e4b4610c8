// `remediation-stuck` over a whole shard: one healer that fails alike on several hosts, tried once or twice on each.
import { describe, expect, it } from "vitest";
import {
  HEALERS_MAX,
  sharedHealer,
} from "../../../../../control-plane/src/core/facts/rules/shared-healer.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS } from "../fact-driver.ts";

type Attempt = Extract<FactBody, { kind: "attempt" }>;

const RESET: Attempt = {
  kind: "attempt",
  action: "reset",
  by: "watchdog",
  outcome: "no answer",
  isHelpful: false,
};

function drive(bounds: Record<string, unknown> = {}) {
  const rule = driveRule(sharedHealer, bounds);
  return {
    ...rule,
    tries(offsetMs: number, host: string, changes: Partial<Attempt> = {}) {
      rule.about({ kind: "service", hostId: host, hostName: host, service: "api" });
      rule.take(offsetMs, { ...RESET, ...changes });
    },
  };
}

describe("one doer, act and outcome", () => {
  it("on the third host, however often on the first two", () => {
    const rule = drive();
    for (const at of [0, 10, 20, 30]) rule.tries(at, "h-1");
    rule.tries(40, "h-2");
    expect(rule.findingAt(40)).toBeNull();
    rule.tries(50, "h-3");
    expect(rule.findingAt(50)).toMatchObject({
      severity: "error",
      freezes: false,
      isRestartPointless: false,
    });
    expect(rule.findingAt(50)?.title).toContain("reset by watchdog");
    expect(rule.textsAt(50)).toEqual([
      "watchdog tried reset on 3 hosts within 1h: h-1, h-2 and h-3",
      "each ends so: no answer",
    ]);
  });

  it.each([
    { lastMs: HOUR_MS - 1, fires: true },
    { lastMs: HOUR_MS, fires: false },
  ])("within the hour: the third $lastMs ms after the first, fires $fires", ({ lastMs, fires }) => {
    const rule = drive();
    rule.tries(0, "h-1");
    rule.tries(30 * MINUTE_MS, "h-2");
    rule.tries(lastMs, "h-3");
    expect(rule.findingAt(lastMs) !== null).toBe(fires);
  });

  it("whatever its service is called, how long it took and which host it names", () => {
    const rule = drive();
    for (const [index, host] of ["h-1", "h-2", "h-3"].entries()) {
      rule.about({ kind: "service", hostId: host, hostName: host, service: `api-${host}` });
      rule.take(index, { ...RESET, outcome: `api-${host} on ${host} did not answer after ${29 + index} s` });
    }
    expect(rule.findingAt(2)).not.toBeNull();
    expect(rule.textsAt(2).at(-1)).toBe("each ends so: api-h-3 on h-3 did not answer after 31 s");
  });

  it("although it helps elsewhere", () => {
    const rule = drive();
    for (const host of ["h-1", "h-2", "h-3"]) rule.tries(0, host);
    rule.tries(1, "h-4", { isHelpful: true, outcome: "healthy" });
    expect(rule.findingAt(1)).not.toBeNull();
  });

  it("of as many hosts, and within as long, as the policy says", () => {
    const rule = drive({ hostsMin: 2, window: "1m" });
    rule.tries(0, "h-1");
    rule.tries(59_999, "h-2");
    expect(rule.findingAt(59_999)).not.toBeNull();
    expect(rule.findingAt(60_000)).toBeNull();
  });
});

describe("is not stuck", () => {
  it.each<[string, Partial<Attempt>]>([
    ["another act", { action: "reload" }],
    ["another doer", { by: "self" }],
    ["another outcome", { outcome: "timed out" }],
    ["another code", { outcome: "no answer: 503" }],
    ["a person", { by: "person" }],
    ["nobody knows whom", { by: "unknown" }],
    ["what was denied", { deniedCommand: "sudo systemctl reset api" }],
    ["what helped", { isHelpful: true }],
  ])("with %s on the third", (_, changes) => {
    const rule = drive();
    rule.tries(0, "h-1");
    rule.tries(1, "h-2");
    rule.tries(2, "h-3", changes);
    expect(rule.findingAt(2)).toBeNull();
  });

  it("any more once it helped on one of three", () => {
    const rule = drive();
    for (const host of ["h-1", "h-2", "h-3"]) rule.tries(0, host);
    rule.tries(1, "h-2", { isHelpful: true, outcome: "healthy" });
    expect(rule.findingAt(1)).toBeNull();
  });
});

it("ends, and is forgotten, when the hour is over", () => {
  const rule = drive();
  for (const host of ["h-1", "h-2", "h-3"]) rule.tries(0, host);
  expect(rule.nextAt(0)).toBe(HOUR_MS);
  expect(rule.findingAt(HOUR_MS - 1)).not.toBeNull();
  expect(rule.isForgottenAt(HOUR_MS)).toBe(true);
});

it("two healers that are stuck are one finding, and more of them than are remembered push out the oldest", () => {
  const rule = drive();
  for (const host of ["h-1", "h-2", "h-3"]) {
    rule.tries(0, host);
    rule.tries(1, host, { action: "reload" });
  }
  expect(rule.findingAt(1)?.title).toContain("reset by watchdog and reload by watchdog");
  for (let count = 0; count < HEALERS_MAX; count += 1) rule.tries(2, "h-1", { action: `act-${count}` });
  expect(rule.findingAt(2)).toBeNull();
});
