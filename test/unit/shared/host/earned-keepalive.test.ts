// The earned keepalive at both sides of its boundary: what hangs must be told, and what is told costs no keepalive.
import { describe, expect, test } from "vitest";
import { isKeepaliveEarned, TELLING_MS, type WatchedRun } from "@countersign/shared/host/earned-keepalive";
import { OVERDUE_SLACK_MS } from "@countersign/shared/host/overdue";
import { NOTHING_REPORTED, type Reported } from "@countersign/shared/host/report-plan";
import type { CheckResult } from "@countersign/shared/wire/service-report";

const run: WatchedRun = {
  service: "web",
  check: "http",
  everyMs: 5_000,
  timeoutMs: 3_000,
  completedAt: 1_000,
};
const untoldUntilAt = 1_000 + 5_000 + 3_000 + OVERDUE_SLACK_MS + TELLING_MS;

function reportedWith(result: Partial<CheckResult>): Reported {
  const told: CheckResult = {
    check: "http",
    kind: "http",
    status: "pass",
    severity: "error",
    summary: "HTTP 200",
    latencyMs: 1,
    finishedAt: 0,
    ttlMs: 0,
    ...result,
  };
  return { digestAt: 0, services: new Map([["web", { service: "web", unit: null, results: [told] }]]) };
}

function isEarned(runs: readonly WatchedRun[], now: number, reported = NOTHING_REPORTED): boolean {
  return isKeepaliveEarned(runs, { now, reported });
}

describe("isKeepaliveEarned", () => {
  test("is earned until an overdue should have been told, and not a millisecond longer", () => {
    expect(isEarned([run], untoldUntilAt - 1)).toBe(true);
    expect(isEarned([run], untoldUntilAt)).toBe(false);
  });

  test("goes on to be once it was told on this connection, however long it lasts", () => {
    const told = reportedWith({ overdueSinceAt: 1 });
    expect(isEarned([run], untoldUntilAt, told)).toBe(true);
    expect(isEarned([run], untoldUntilAt + 86_400_000, told)).toBe(true);
  });

  test.each([
    ["its result from before", reportedWith({})],
    ["the overdue of another check", reportedWith({ check: "tcp", overdueSinceAt: 1 })],
    ["nothing yet, on a new connection", NOTHING_REPORTED],
  ])("is lost when what was told of it is %s", (_what, reported) => {
    expect(isEarned([run], untoldUntilAt, reported)).toBe(false);
  });

  test("one that hangs untold among many is enough to fall silent", () => {
    const fresh = { ...run, check: "tcp", completedAt: untoldUntilAt };
    expect(isEarned([fresh, fresh, run], untoldUntilAt - 1)).toBe(true);
    expect(isEarned([fresh, fresh, run], untoldUntilAt)).toBe(false);
    expect(isEarned([fresh, fresh, run], untoldUntilAt, reportedWith({ overdueSinceAt: 1 }))).toBe(true);
  });

  test("each is held to its own period", () => {
    const slow = { ...run, everyMs: 60_000, timeoutMs: 3_000, completedAt: 0 };
    const quick = { ...run, everyMs: 1_000, timeoutMs: 500, completedAt: 50_000 };
    expect(isEarned([slow, quick], 52_000)).toBe(true);
    expect(isEarned([slow, quick], 53_000)).toBe(false);
  });

  test("what no result of a service tells asks for none", () => {
    expect(isEarned([{ ...run, service: null }], untoldUntilAt)).toBe(true);
  });

  test("a host that runs nothing earns it", () => {
    expect(isEarned([], 1)).toBe(true);
  });
});
