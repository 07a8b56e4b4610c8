// `self-inflicted`: a service that was well fails right after an act of automation; a remedy on a failing one is not to blame.
import { describe, expect, it } from "vitest";
import {
  BLAME_MAX_MS,
  selfInflicted,
} from "../../../../../control-plane/src/core/facts/rules/self-inflicted.ts";
import { driveRule, type FactBody, MINUTE_MS } from "../fact-driver.ts";

const WINDOW_MS = 5 * MINUTE_MS;
const fails: FactBody = { kind: "health", isHealthy: false };
const recovers: FactBody = { kind: "health", isHealthy: true };
const edited: FactBody = { kind: "config-changed", path: "/etc/agent/config.yaml", by: "watchdog" };

function drive(act: FactBody, failure: FactBody, afterMs: number) {
  const rule = driveRule(selfInflicted);
  rule.take(0, act);
  rule.take(afterMs, failure);
  return rule;
}

describe("self-inflicted", () => {
  it.each([
    { afterMs: 0, fires: true },
    { afterMs: WINDOW_MS, fires: true },
    { afterMs: WINDOW_MS + 1, fires: false },
  ])("a failure $afterMs ms after the act: fires $fires", ({ afterMs, fires }) => {
    expect(drive(edited, fails, afterMs).findingAt(afterMs) !== null).toBe(fires);
  });

  it("freezes, and says what came first and what followed", () => {
    const rule = drive(edited, { kind: "session", startedAt: 0, class: "auth", detail: "401" }, MINUTE_MS);
    expect(rule.findingAt(MINUTE_MS)).toMatchObject({ freezes: true, severity: "critical" });
    expect(rule.textsAt(MINUTE_MS)).toEqual([
      "/etc/agent/config.yaml was changed by watchdog",
      "1m later: a session failed: auth",
    ]);
  });

  it.each<[string, FactBody]>([
    ["a restart of ours", { kind: "restart", by: "countersign" }],
    ["a restart by itself", { kind: "restart", by: "self" }],
    ["a restart by a watchdog", { kind: "restart", by: "watchdog" }],
    [
      "an act of ours",
      { kind: "attempt", action: "reset", by: "countersign", outcome: "succeeded", isHelpful: false },
    ],
    ["a config change by a unit", { ...edited, by: "systemd" }],
  ])("%s is an act of automation", (_, act) => {
    expect(drive(act, fails, 1).findingAt(1)).not.toBeNull();
  });

  it.each<[string, FactBody]>([
    ["a restart by a person", { kind: "restart", by: "person" }],
    ["a restart by nobody knows whom", { kind: "restart", by: "unknown" }],
    ["systemd starting again what died", { kind: "restart", by: "systemd" }],
    ["a config change by a person", { ...edited, by: "person" }],
    [
      "an attempt that was denied",
      {
        kind: "attempt",
        action: "restart",
        by: "watchdog",
        outcome: "x",
        isHelpful: false,
        deniedCommand: "x",
      },
    ],
  ])("%s is not", (_, act) => {
    expect(drive(act, fails, 1).findingAt(1)).toBeNull();
  });

  it.each<[string, FactBody, FactBody]>([
    ["health", fails, recovers],
    [
      "a session",
      { kind: "session", startedAt: 0, class: "crash", detail: "" },
      { kind: "session", startedAt: 0, class: null, detail: "" },
    ],
    [
      "a credential",
      { kind: "credential-use", credential: "key", isAccepted: false, detail: "" },
      { kind: "credential-use", credential: "key", isAccepted: true, detail: "" },
    ],
  ])("a remedy of a failing service is not to blame when it fails again: %s", (_, bad, good) => {
    const rule = driveRule(selfInflicted);
    rule.take(0, bad);
    rule.take(1, { kind: "restart", by: "countersign" });
    rule.take(2, good);
    rule.take(3, bad);
    expect(rule.findingAt(3)).toBeNull();
  });

  it("a second symptom of a failure from before is not to blame either", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, fails);
    rule.take(1, edited);
    rule.take(2, { kind: "session", startedAt: 0, class: "auth", detail: "" });
    expect(rule.findingAt(2)).toBeNull();
  });

  it.each([
    { heldMs: 10 * MINUTE_MS - 1, fires: true },
    { heldMs: 10 * MINUTE_MS, fires: false },
  ])("clears when health has held: $heldMs ms, fires $fires", ({ heldMs, fires }) => {
    const rule = drive(edited, fails, MINUTE_MS);
    rule.take(2 * MINUTE_MS, recovers);
    expect(rule.findingAt(2 * MINUTE_MS + heldMs) !== null).toBe(fires);
    expect(rule.isForgottenAt(2 * MINUTE_MS + heldMs)).toBe(!fires);
  });

  it.each([
    { afterMs: BLAME_MAX_MS - 1, fires: true },
    { afterMs: BLAME_MAX_MS, fires: false },
  ])("is not kept for ever: $afterMs ms, fires $fires", ({ afterMs, fires }) => {
    expect(drive(edited, fails, 0).findingAt(afterMs) !== null).toBe(fires);
  });

  it("an act that nothing followed is forgotten", () => {
    const rule = driveRule(selfInflicted);
    rule.take(0, edited);
    expect(rule.nextAt(0)).toBe(WINDOW_MS + 1);
    expect(rule.isForgottenAt(WINDOW_MS)).toBe(false);
    expect(rule.isForgottenAt(WINDOW_MS + 1)).toBe(true);
  });
});
