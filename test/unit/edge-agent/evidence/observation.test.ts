// How the state of a unit is judged.
import { expect, test } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { classOfConnection, classOfStatus } from "../../../../edge-agent/src/core/evidence/check-class.ts";
import { judgeUnit } from "../../../../edge-agent/src/core/evidence/judge-unit.ts";
import { judgePlugin, observationOfTimeout } from "../../../../edge-agent/src/core/evidence/observation.ts";

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
  ["active", "running", "success", "pass", "active (running)", undefined],
  ["active", "running", "oom-kill", "pass", "active (running, oom-kill)", undefined],
  ["reloading", "reload", "success", "pass", "reloading (reload)", undefined],
  ["activating", "auto-restart", "exit-code", "fail", "activating (auto-restart, exit-code)", "other"],
  ["activating", "auto-restart", "signal", "fail", "activating (auto-restart, signal)", "crash"],
  ["deactivating", "stop-sigterm", "success", "fail", "deactivating (stop-sigterm)", undefined],
  ["inactive", "dead", "success", "fail", "inactive (dead)", undefined],
  ["failed", "failed", "oom-kill", "fail", "failed (failed, oom-kill)", "memory"],
  ["failed", "failed", "core-dump", "fail", "failed (failed, core-dump)", "crash"],
  ["failed", "failed", "watchdog", "fail", "failed (failed, watchdog)", "crash"],
  ["failed", "failed", "timeout", "fail", "failed (failed, timeout)", "timeout"],
  ["failed", "failed", "resources", "fail", "failed (failed, resources)", "other"],
  ["unknown", "", "", "fail", "unknown", undefined],
] as const)("%s %s %s → %s", (activeState, subState, result, status, summary, failureClass) => {
  const unit = unitOf(activeState, subState, result);
  const classed = failureClass === undefined ? {} : { class: failureClass };
  expect(judgeUnit({ state: unit, omitted: [] })).toEqual({
    status,
    summary,
    latencyMs: null,
    unit,
    ...classed,
  });
});

test.each([
  [401, "auth"],
  [403, "auth"],
  [404, "other"],
  [407, "auth"],
  [408, "timeout"],
  [429, "rate-limit"],
  [500, "other"],
  [502, "provider"],
  [503, "other"],
  [504, "provider"],
])("HTTP %i is of class %s", (status, failureClass) => {
  expect(classOfStatus(status)).toBe(failureClass);
});

test.each([
  ["ECONNREFUSED", "network"],
  ["ECONNRESET", "network"],
  ["ENOTFOUND", "network"],
  ["CERT_HAS_EXPIRED", "network"],
  ["ETIMEDOUT", "timeout"],
  ["EMFILE", "other"],
  ["HPE_INVALID_CONSTANT", "other"],
])("a connection that ends with %s is of class %s", (code, failureClass) => {
  expect(classOfConnection(code)).toBe(failureClass);
});

test.each([
  [1, "warning", undefined],
  [2, undefined, undefined],
  [3, undefined, "other"],
  [127, undefined, "other"],
  [null, undefined, "other"],
])("a plugin that ends with %s: severity %s, class %s", (code, severity, failureClass) => {
  const judged = judgePlugin({ code, output: "DISK", latencyMs: 1 });
  expect([judged.severity, judged.class]).toEqual([severity, failureClass]);
});

test("a timeout is a failure that says how long it waited", () => {
  expect(observationOfTimeout(1_500)).toMatchObject({
    status: "fail",
    summary: "no answer within 2s",
    class: "timeout",
  });
});
