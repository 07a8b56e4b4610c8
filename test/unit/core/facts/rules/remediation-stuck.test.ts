// `remediation-stuck`: the fifth identical outcome in a row without recovery; one incident, however many follow.
import { describe, expect, it } from "vitest";
import {
  ATTEMPTS_QUIET_MS,
  remediationStuck,
} from "../../../../../control-plane/src/core/facts/rules/remediation-stuck.ts";
import { driveRule, type FactBody, MINUTE_MS } from "../fact-driver.ts";

const PACE_MS = 15 * MINUTE_MS;
const DENIED = "system restart requires privileged operator";

function attempt(changes: Partial<Extract<FactBody, { kind: "attempt" }>> = {}): FactBody {
  return {
    kind: "attempt",
    action: "restart",
    by: "watchdog",
    outcome: DENIED,
    isHelpful: false,
    ...changes,
  };
}

function drive(count: number) {
  const rule = driveRule(remediationStuck);
  for (let index = 0; index < count; index += 1) rule.take(index * PACE_MS, attempt());
  return { rule, lastAt: (count - 1) * PACE_MS };
}

describe("remediation-stuck", () => {
  it.each([
    { count: 4, fires: false },
    { count: 5, fires: true },
  ])("$count identical outcomes: fires $fires", ({ count, fires }) => {
    const { rule, lastAt } = drive(count);
    expect(rule.findingAt(lastAt) !== null).toBe(fires);
  });

  it.each([
    { count: 19, severity: "error" },
    { count: 20, severity: "critical" },
    { count: 205, severity: "critical" },
  ])("after $count it is $severity, under one title", ({ count, severity }) => {
    const { rule, lastAt } = drive(count);
    expect(rule.findingAt(lastAt)).toMatchObject({
      severity,
      title: "Automation on web on web-1 is stuck",
    });
    expect(rule.textsAt(lastAt)).toContain(`each ends so: ${DENIED}`);
  });

  it.each([
    ["another outcome", attempt({ outcome: "timed out" })],
    ["another action", attempt({ action: "retry" })],
  ])("%s in the row begins it anew", (_, other) => {
    const { rule, lastAt } = drive(4);
    rule.take(lastAt + PACE_MS, other);
    expect(rule.findingAt(lastAt + PACE_MS)).toBeNull();
  });

  it("but once it is stuck, another failure does not end it", () => {
    const { rule, lastAt } = drive(5);
    rule.take(lastAt + PACE_MS, attempt({ outcome: "timed out" }));
    expect(rule.findingAt(lastAt + PACE_MS)).not.toBeNull();
  });

  it("one attempt that helped ends it", () => {
    const { rule, lastAt } = drive(5);
    rule.take(lastAt + PACE_MS, attempt({ isHelpful: true }));
    expect(rule.isForgottenAt(lastAt + PACE_MS)).toBe(true);
  });

  it.each([
    { heldMs: 10 * MINUTE_MS - 1, fires: true },
    { heldMs: 10 * MINUTE_MS, fires: false },
  ])("health that held for $heldMs ms: fires $fires", ({ heldMs, fires }) => {
    const { rule, lastAt } = drive(5);
    rule.take(lastAt, { kind: "health", isHealthy: true });
    expect(rule.nextAt(lastAt)).toBe(lastAt + 10 * MINUTE_MS);
    expect(rule.findingAt(lastAt + heldMs) !== null).toBe(fires);
  });

  it("a return of seven minutes is no recovery: the row goes on (seed 003)", () => {
    const { rule, lastAt } = drive(4);
    rule.take(lastAt, { kind: "health", isHealthy: true });
    rule.take(lastAt + 7 * MINUTE_MS, { kind: "health", isHealthy: false });
    rule.take(lastAt + PACE_MS, attempt());
    expect(rule.findingAt(lastAt + PACE_MS)).not.toBeNull();
  });

  it("a recovery that held begins a new row", () => {
    const { rule, lastAt } = drive(4);
    rule.take(lastAt, { kind: "health", isHealthy: true });
    rule.take(lastAt + 10 * MINUTE_MS, { kind: "health", isHealthy: false });
    rule.take(lastAt + PACE_MS, attempt());
    expect(rule.findingAt(lastAt + PACE_MS)).toBeNull();
  });

  it.each([
    { count: 4, fires: false },
    { count: 5, fires: true },
  ])("an automation that tries on after a recovery: $count more fire $fires", ({ count, fires }) => {
    const { rule, lastAt } = drive(5);
    rule.take(lastAt, { kind: "health", isHealthy: true });
    const nextAt = lastAt + 10 * MINUTE_MS;
    for (let index = 0; index < count; index += 1) rule.take(nextAt + index, attempt());
    expect(rule.findingAt(nextAt + count) !== null).toBe(fires);
  });

  it.each([
    { quietMs: ATTEMPTS_QUIET_MS - 1, fires: true },
    { quietMs: ATTEMPTS_QUIET_MS, fires: false },
  ])("$quietMs ms without an attempt: fires $fires", ({ quietMs, fires }) => {
    const { rule, lastAt } = drive(5);
    expect(rule.findingAt(lastAt + quietMs) !== null).toBe(fires);
    expect(rule.isForgottenAt(lastAt + quietMs)).toBe(!fires);
  });

  it("health of a service that nobody tried to mend is not kept", () => {
    const rule = driveRule(remediationStuck);
    rule.take(0, { kind: "health", isHealthy: false });
    expect(rule.isForgottenAt(0)).toBe(true);
  });
});
