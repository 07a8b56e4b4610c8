// `restart-loop-suspected`: the third restart by anyone within a rolling hour, and neither the second nor one that has left it.
import { describe, expect, it } from "vitest";
import {
  MERGE_MS,
  restartLoopSuspected,
} from "../../../../../control-plane/src/core/facts/rules/restart-loop-suspected.ts";
import { driveRule, type FactBody, HOUR_MS, MINUTE_MS, SECOND_MS } from "../fact-driver.ts";

type Doer = Extract<FactBody, { kind: "restart" }>["by"];

function drive(offsets: readonly number[], by: Doer = "unknown", bounds: Record<string, unknown> = {}) {
  const rule = driveRule(restartLoopSuspected, bounds);
  for (const offset of offsets) rule.take(offset, { kind: "restart", by });
  return rule;
}

describe("restart-loop-suspected", () => {
  it.each([
    { title: "two restarts", offsets: [0, MINUTE_MS], fires: false },
    { title: "the third", offsets: [0, MINUTE_MS, 2 * MINUTE_MS], fires: true },
    { title: "the third, 1 ms before the first leaves", offsets: [0, 1, HOUR_MS - 1], fires: true },
    { title: "the third, as the first leaves", offsets: [0, 1, HOUR_MS], fires: false },
  ])("$title: fires $fires", ({ offsets, fires }) => {
    expect(drive(offsets).findingAt(offsets.at(-1) ?? 0) !== null).toBe(fires);
  });

  it("a kill every 28 s is found at its third (seed 004)", () => {
    const offsets = [0, 28, 56].map((at) => at * SECOND_MS);
    expect(drive(offsets.slice(0, 2), "systemd").findingAt(28 * SECOND_MS)).toBeNull();
    expect(drive(offsets, "systemd").findingAt(56 * SECOND_MS)).toMatchObject({
      severity: "error",
      title: "web on web-1 is restarted again and again",
    });
  });

  it("counts restarts by anyone, each named on the page", () => {
    const rule = driveRule(restartLoopSuspected);
    rule.take(0, { kind: "restart", by: "countersign" });
    rule.take(20 * MINUTE_MS, { kind: "restart", by: "watchdog", supervisor: "guardian" });
    rule.take(40 * MINUTE_MS, { kind: "restart", by: "person" });
    expect(rule.textsAt(40 * MINUTE_MS)).toEqual([
      "restarted by countersign",
      "restarted by watchdog (guardian)",
      "restarted by person",
      "3 restarts in the last 1h",
    ]);
  });

  it.each([
    { apartMs: MERGE_MS, count: 1 },
    { apartMs: MERGE_MS + 1, count: 2 },
  ])("the shard's sight and somebody's word $apartMs ms apart are $count", ({ apartMs, count }) => {
    const rule = driveRule(restartLoopSuspected, { restartsMin: 1 });
    rule.take(0, { kind: "restart", by: "unknown" });
    rule.take(apartMs, { kind: "restart", by: "watchdog" });
    expect(rule.slice()).toHaveLength(count);
    expect(rule.slice().at(-1)).toMatchObject({ by: "watchdog" });
  });

  it("two words of one doer at different instants are two restarts", () => {
    expect(drive([0, 100, 200], "systemd").findingAt(200)).not.toBeNull();
  });

  it("one word told twice is one restart", () => {
    expect(drive([0, 0, 0], "watchdog").slice()).toHaveLength(1);
  });

  it("clears by time alone when fewer are left, and forgets all", () => {
    const rule = drive([0, MINUTE_MS, 2 * MINUTE_MS]);
    expect(rule.nextAt(2 * MINUTE_MS)).toBe(HOUR_MS);
    expect(rule.findingAt(HOUR_MS - 1)).not.toBeNull();
    expect(rule.findingAt(HOUR_MS)).toBeNull();
    expect(rule.isForgottenAt(HOUR_MS + 2 * MINUTE_MS - 1)).toBe(false);
    expect(rule.isForgottenAt(HOUR_MS + 2 * MINUTE_MS)).toBe(true);
  });

  it.each([
    { count: 8, severity: "error" },
    { count: 9, severity: "critical" },
  ])("$count restarts are $severity, and the memory stays bounded", ({ count, severity }) => {
    const rule = drive(Array.from({ length: count }, (_, index) => index * SECOND_MS));
    expect(rule.findingAt(count * SECOND_MS)?.severity).toBe(severity);
    for (let index = 0; index < 200; index += 1)
      rule.take((20 + index) * SECOND_MS, { kind: "restart", by: "systemd" });
    expect(rule.slice()).toHaveLength(9);
  });

  it("the policy's bounds hold", () => {
    const bounds = { restartsMin: 2, window: "1m" };
    expect(drive([0, MINUTE_MS - 1], "unknown", bounds).findingAt(MINUTE_MS - 1)).not.toBeNull();
    expect(drive([0, MINUTE_MS], "unknown", bounds).findingAt(MINUTE_MS)).toBeNull();
  });

  it("a restart that is told too late changes nothing", () => {
    const rule = driveRule(restartLoopSuspected);
    rule.take(0, { kind: "restart", by: "person" }, HOUR_MS);
    expect(rule.slice()).toEqual([]);
  });
});
