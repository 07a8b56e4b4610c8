// How the state of a unit is judged.
import { expect, test } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { judgeUnit, observationOfTimeout } from "../../../../edge-agent/src/core/evidence/observation.ts";

function unitOf(activeState: UnitState["activeState"], subState: string, result: string): UnitState {
  return {
    activeState,
    subState,
    result,
    restartCount: 0,
    invocationId: "",
    mainPid: 0,
    activeEnterAt: null,
    memoryCurrentBytes: null,
  };
}

test.each([
  ["active", "running", "success", "pass", "active (running)"],
  ["reloading", "reload", "success", "pass", "reloading (reload)"],
  ["activating", "auto-restart", "exit-code", "fail", "activating (auto-restart, exit-code)"],
  ["deactivating", "stop-sigterm", "success", "fail", "deactivating (stop-sigterm)"],
  ["inactive", "dead", "success", "fail", "inactive (dead)"],
  ["failed", "failed", "oom-kill", "fail", "failed (failed, oom-kill)"],
  ["unknown", "", "", "fail", "unknown"],
] as const)("%s %s %s → %s", (activeState, subState, result, status, summary) => {
  const unit = unitOf(activeState, subState, result);
  expect(judgeUnit(unit)).toEqual({ status, summary, latencyMs: null, unit });
});

test("a timeout is a failure that says how long it waited", () => {
  expect(observationOfTimeout(1_500)).toMatchObject({ status: "fail", summary: "no answer within 2s" });
});
