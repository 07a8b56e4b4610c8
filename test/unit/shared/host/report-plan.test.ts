// What is reported when, and how long it is good for.
import { describe, expect, test } from "vitest";
import { DIGEST_EVERY_MS, NOTHING_REPORTED, planReport, ttlMsOf } from "@countersign/shared/host/report-plan";
import type { CheckResult, ServiceReport, UnitState } from "@countersign/shared/wire/service-report";

const unit: UnitState = {
  activeState: "active",
  subState: "running",
  result: "success",
  restartCount: 0,
  invocationId: "a".repeat(32),
  mainPid: 100,
  activeEnterAt: 1_000,
  memoryCurrentBytes: 5_000,
};

function resultOf(changes: Partial<CheckResult> = {}): CheckResult {
  return {
    check: "unit",
    kind: "unit",
    status: "pass",
    severity: "error",
    summary: "active (running)",
    latencyMs: 1,
    finishedAt: 1_000,
    ttlMs: 10_000,
    ...changes,
  };
}

function serviceOf(changes: Partial<ServiceReport> = {}): ServiceReport {
  return { service: "web", unit, results: [resultOf()], ...changes };
}

const connected = planReport([serviceOf()], NOTHING_REPORTED, 0);

describe("planReport", () => {
  test("the first plan on a connection is a digest of all that is known", () => {
    const unknown = serviceOf({ service: "not-checked-yet", unit: null, results: [] });
    const plan = planReport([serviceOf(), unknown], NOTHING_REPORTED, 0);
    expect(plan.digest).toBe(true);
    expect(plan.services.map(({ service }) => service)).toEqual(["web"]);
  });

  test("healthy and unchanged: nothing, up to the digest", () => {
    const fresh = serviceOf({
      unit: { ...unit, memoryCurrentBytes: 9_000 },
      results: [resultOf({ finishedAt: 6_000, latencyMs: 7, summary: "active (running), 7 ms" })],
    });
    expect(planReport([fresh], connected.reported, DIGEST_EVERY_MS - 1).services).toEqual([]);
    const plan = planReport([fresh], connected.reported, DIGEST_EVERY_MS);
    expect(plan.digest).toBe(true);
    expect(plan.reported.digestAt).toBe(DIGEST_EVERY_MS);
  });

  test("that a result is overdue is told once, and so is the end of it", () => {
    const overdue = [serviceOf({ results: [resultOf({ overdueSinceAt: 20_000 })] })];
    const told = planReport(overdue, connected.reported, 30_000);
    expect(told.services).toEqual(overdue);
    expect(planReport(overdue, told.reported, 40_000).services).toEqual([]);
    const fresh = [serviceOf({ results: [resultOf({ finishedAt: 45_000 })] })];
    expect(planReport(fresh, told.reported, 45_000).services).toEqual(fresh);
  });

  test("one that is overdue and has nothing to say makes no report by itself while it fails", () => {
    const overdueAt = (finishedAt: number) =>
      serviceOf({ results: [resultOf({ status: "fail", finishedAt, overdueSinceAt: 20_000 })] });
    const told = planReport([overdueAt(1_000)], connected.reported, 30_000);
    expect(told.services).toHaveLength(1);
    expect(planReport([overdueAt(1_001)], told.reported, 40_000).services).toEqual([]);
  });

  test.each([
    ["a check that turns", serviceOf({ results: [resultOf({ status: "fail" })] })],
    ["a first result", serviceOf({ results: [resultOf(), resultOf({ check: "http", kind: "http" })] })],
    ["a new start of the unit", serviceOf({ unit: { ...unit, invocationId: "b".repeat(32) } })],
    ["a restart by systemd", serviceOf({ unit: { ...unit, restartCount: 1 } })],
    ["another main process", serviceOf({ unit: { ...unit, mainPid: 101 } })],
    ["a unit that can no longer be seen", serviceOf({ unit: null })],
  ])("%s is reported at once", (_, changed) => {
    const plan = planReport([changed], connected.reported, 1);
    expect(plan.digest).toBe(false);
    expect(plan.services).toEqual([changed]);
    expect(planReport([changed], plan.reported, 2).services).toEqual([]);
  });

  test("while unhealthy every new result is reported, and the recovery once", () => {
    const failing = (finishedAt: number) =>
      serviceOf({
        results: [resultOf({ status: "fail", finishedAt }), resultOf({ check: "tcp", finishedAt: 1 })],
      });
    const first = planReport([failing(2_000)], connected.reported, 1);
    expect(first.services).toHaveLength(1);
    expect(planReport([failing(2_000)], first.reported, 2).services).toEqual([]);
    const second = planReport([failing(3_000)], first.reported, 3);
    expect(second.services).toHaveLength(1);
    const passing = serviceOf({
      results: [resultOf({ finishedAt: 4_000 }), resultOf({ check: "tcp", finishedAt: 1 })],
    });
    const recovered = planReport([passing], second.reported, 4);
    expect(recovered.services).toHaveLength(1);
    expect(planReport([passing], recovered.reported, 5).services).toEqual([]);
  });

  test("every result while a failure is among the last ten, the one that says that none is, and then nothing", () => {
    const passedAt = (finishedAt: number, failed: number) =>
      serviceOf({ results: [resultOf({ finishedAt, last: { failed, of: 10 } })] });
    const one = planReport([passedAt(6_000, 1)], connected.reported, 1);
    expect(one.services).toHaveLength(1);
    const again = planReport([passedAt(11_000, 1)], one.reported, 2);
    expect(again.services).toHaveLength(1);
    expect(planReport([passedAt(11_000, 1)], again.reported, 3).services).toEqual([]);
    const none = planReport([passedAt(16_000, 0)], again.reported, 4);
    expect(none.services).toHaveLength(1);
    expect(planReport([passedAt(21_000, 0)], none.reported, 5).services).toEqual([]);
  });

  test("a healthy service is not dragged along by an unhealthy one", () => {
    const two = planReport([serviceOf(), serviceOf({ service: "db" })], NOTHING_REPORTED, 0);
    const failing = serviceOf({ service: "db", results: [resultOf({ status: "fail", finishedAt: 9 })] });
    const plan = planReport(
      [serviceOf({ results: [resultOf({ finishedAt: 9 })] }), failing],
      two.reported,
      1,
    );
    expect(plan.services.map(({ service }) => service)).toEqual(["db"]);
  });
});

test("a passing result outlives the digest, a failing one two runs", () => {
  expect(ttlMsOf("pass", 5_000, 3_000)).toBeGreaterThan(DIGEST_EVERY_MS + 8_000);
  expect(ttlMsOf("fail", 5_000, 3_000)).toBe(16_000);
});
