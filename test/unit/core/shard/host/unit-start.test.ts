// When a start began, how long it excuses what fails, and when it does not.
import { describe, expect, it } from "vitest";
import type { ServiceReport, UnitState } from "@countersign/shared/wire/service-report";
import { applyReport, unreportedService } from "../../../../../control-plane/src/core/shard/host/services.ts";
import type { ServiceState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import { excusedUntilAt } from "../../../../../control-plane/src/core/shard/host/unit-start.ts";
import { policyWith, reportWith, START_AT } from "../shard-driver.ts";

const MINUTE_MS = 60_000;
/** the host's clock is wrong by a day */
const HOST_AT = START_AT - 86_400_000;
const STARTING = { activeState: "activating", subState: "start", result: "success" } as const;

function apply(service: ServiceState, minute: number, unit: Partial<UnitState>): ServiceState {
  const { results, unit: base } = reportWith({
    run: 0,
    status: unit.activeState === "active" ? "pass" : "fail",
  });
  const report: ServiceReport = {
    service: "web",
    unit: base === null ? null : { ...base, ...unit },
    results: results.map((result) => ({ ...result, finishedAt: HOST_AT + minute * MINUTE_MS })),
  };
  const now = START_AT + minute * MINUTE_MS;
  return applyReport(service, { report, digest: true, now, policy: policyWith() });
}

const at = (minute: number) => START_AT + minute * MINUTE_MS;
const well = apply(unreportedService("web"), 0, {
  activeState: "active",
  result: "success",
  subState: "running",
});

describe("a start is excused until its own time is over", () => {
  it.each([
    ["that began now, as far as is known", {}, at(5) + 90_000],
    ["by its own time", { startTimeoutMs: 10 * MINUTE_MS }, at(15)],
    ["without a bound", { startTimeoutMs: null }, at(20)],
    ["from when it began, by the host's clock", { inactiveExitAt: HOST_AT + 3 * MINUTE_MS }, at(3) + 90_000],
    ["that begins in the host's future", { inactiveExitAt: HOST_AT + 9 * MINUTE_MS }, at(5) + 90_000],
  ])("%s", (_, unit, untilAt) => {
    const started = apply(well, 5, { ...STARTING, invocationId: "inv-2", ...unit });
    expect(excusedUntilAt(started)).toBe(untilAt);
    // further reports of the same start move nothing
    expect(excusedUntilAt(apply(started, 6, { ...STARTING, invocationId: "inv-2", ...unit }))).toBe(untilAt);
  });

  it("whoever begins it anew gets no more time", () => {
    const started = apply(well, 5, { ...STARTING, invocationId: "inv-2" });
    expect(excusedUntilAt(apply(started, 6, { ...STARTING, invocationId: "inv-3" }))).toBe(at(5) + 90_000);
  });

  it("goes on while the unit cannot be seen", () => {
    const started = apply(well, 5, { ...STARTING, invocationId: "inv-2" });
    expect(excusedUntilAt(apply(started, 6, { activeState: "unknown" }))).toBe(at(5) + 90_000);
  });
});

describe("a start is not excused", () => {
  it.each([
    ["after a run that failed", apply(well, 4, { activeState: "failed", result: "exit-code" }), {}],
    ["that systemd makes again", well, { restartCount: 2 }],
    ["that waits for its next turn", well, { subState: "auto-restart" }],
    ["with a result", well, { result: "exit-code" }],
  ])("%s", (_, before, unit) => {
    expect(excusedUntilAt(apply(before, 5, { ...STARTING, invocationId: "inv-2", ...unit }))).toBeNull();
  });
});

it("what failed only meanwhile does not count when it is over, and what failed before it does", () => {
  const started = apply(well, 5, { ...STARTING, invocationId: "inv-2" });
  const long = apply(apply(started, 6, STARTING), 7, STARTING);
  expect(long.failing).toMatchObject({ http: { count: 3 } });
  const up = { activeState: "active", result: "success", invocationId: "inv-2" } as const;
  const failsOn = (service: ServiceState) => {
    const report = { ...apply(service, 8, up).report };
    const results = report.results.map((result) => ({ ...result, status: "fail" as const }));
    return applyReport(service, {
      report: { ...report, results },
      digest: true,
      now: at(8),
      policy: policyWith(),
    });
  };
  expect(failsOn(long)).toMatchObject({ failing: { http: { count: 1, sinceAt: at(8) } } });
  const failing = apply(well, 4, { activeState: "inactive", result: "success" });
  const again = apply(apply(failing, 5, { ...STARTING, invocationId: "inv-2" }), 6, STARTING);
  expect(failsOn(again)).toMatchObject({ failing: { http: { count: 2, sinceAt: at(4) } } });
});
