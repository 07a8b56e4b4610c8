// `duplicate-supervisor`: two automatic doers restart one unit within the window; people and unknown doers are no supervisors.
import { describe, expect, it } from "vitest";
import {
  duplicateSupervisor,
  SUPERVISORS_MAX,
} from "../../../../../control-plane/src/core/facts/rules/duplicate-supervisor.ts";
import { driveRule, type FactBody, HOUR_MS, SECOND_MS } from "../fact-driver.ts";

const bySystemd: FactBody = { kind: "restart", by: "systemd" };
const byItself: FactBody = { kind: "restart", by: "self", supervisor: "duplicate detection" };

describe("duplicate-supervisor", () => {
  it.each([
    { apartMs: 10 * SECOND_MS, fires: true },
    { apartMs: HOUR_MS - 1, fires: true },
    { apartMs: HOUR_MS, fires: false },
  ])("two doers $apartMs ms apart: fires $fires (seed 004)", ({ apartMs, fires }) => {
    const rule = driveRule(duplicateSupervisor);
    rule.take(0, byItself);
    rule.take(apartMs, bySystemd);
    expect(rule.findingAt(apartMs) !== null).toBe(fires);
  });

  it("names both", () => {
    const rule = driveRule(duplicateSupervisor);
    rule.take(0, byItself);
    rule.take(10 * SECOND_MS, bySystemd);
    expect(rule.findingAt(10 * SECOND_MS)).toMatchObject({
      severity: "error",
      title: "Two supervisors restart web on web-1",
    });
    expect(rule.textsAt(10 * SECOND_MS)).toEqual([
      "last restarted by self duplicate detection, within 1h of the others",
      "last restarted by systemd, within 1h of the others",
    ]);
  });

  it.each<[string, FactBody, boolean]>([
    ["one doer, twice", bySystemd, false],
    ["a person", { kind: "restart", by: "person" }, false],
    ["an act that a person has signed", { kind: "restart", by: "countersign" }, false],
    ["nobody knows who", { kind: "restart", by: "unknown" }, false],
    ["a watchdog", { kind: "restart", by: "watchdog" }, true],
  ])("systemd and %s", (_, other, fires) => {
    const rule = driveRule(duplicateSupervisor);
    rule.take(0, bySystemd);
    rule.take(1, other);
    expect(rule.findingAt(1) !== null).toBe(fires);
  });

  it("two watchdogs with names of their own are two", () => {
    const rule = driveRule(duplicateSupervisor);
    rule.take(0, { kind: "restart", by: "watchdog", supervisor: "a" });
    rule.take(1, { kind: "restart", by: "watchdog", supervisor: "b" });
    expect(rule.findingAt(1)).not.toBeNull();
  });

  it("clears when one of them has kept still for the window", () => {
    const rule = driveRule(duplicateSupervisor);
    rule.take(0, byItself);
    rule.take(10, bySystemd);
    expect(rule.nextAt(10)).toBe(HOUR_MS);
    expect(rule.findingAt(HOUR_MS - 1)).not.toBeNull();
    expect(rule.findingAt(HOUR_MS)).toBeNull();
    expect(rule.isForgottenAt(HOUR_MS + 10)).toBe(true);
  });

  it("keeps a bounded number", () => {
    const rule = driveRule(duplicateSupervisor);
    for (let count = 0; count <= SUPERVISORS_MAX; count += 1)
      rule.take(count, { kind: "restart", by: "watchdog", supervisor: `w${count}` });
    expect(rule.slice()).toHaveLength(SUPERVISORS_MAX);
  });
});
