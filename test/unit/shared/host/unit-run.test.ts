// What a start of a unit is, and how long it may take.
import { expect, it } from "vitest";
import {
  isBetweenRuns,
  START_TIMEOUT_DEFAULT_MS,
  START_TIMEOUT_MS_MAX,
  START_UNBOUNDED_MS,
  startTimeoutOf,
  unloadedOf,
} from "@countersign/shared/host/unit-run";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { FAILED } from "./unit-turns.ts";

const TIMER = ["backup.timer"];
const RESTING = { activeState: "inactive", result: "success" } as const;

it.each<readonly [string, Partial<UnitState>, boolean]>([
  ["of a job that rests", { ...RESTING, type: "oneshot" }, true],
  ["of a job that runs", { activeState: "activating", result: "success", type: "oneshot" }, true],
  [
    "of a job that failed",
    { activeState: "failed", result: "exit-code", type: "oneshot", triggeredBy: TIMER },
    false,
  ],
  ["of a job that stays active", { activeState: "active", result: "success", type: "oneshot" }, false],
  ["of a script that its timer starts", { ...RESTING, type: "simple", triggeredBy: TIMER }, true],
  [
    "of a service that its socket starts, and that runs",
    { activeState: "active", result: "success", triggeredBy: TIMER },
    false,
  ],
  [
    "of a service that its socket starts, and that died",
    { activeState: "failed", result: "signal", triggeredBy: TIMER },
    false,
  ],
  ["of a daemon that was stopped", { ...RESTING, type: "simple", triggeredBy: [] }, false],
  ["of what an older agent tells", RESTING, false],
])("the next start %s is a run by plan: %s", (_, unit, isRun) => {
  expect(isBetweenRuns({ ...FAILED, ...unit })).toBe(isRun);
});

it.each([
  [undefined, START_TIMEOUT_DEFAULT_MS],
  [null, START_UNBOUNDED_MS],
  [300_000, 300_000],
  [0, 0],
  [START_TIMEOUT_MS_MAX, START_TIMEOUT_MS_MAX],
  [START_TIMEOUT_MS_MAX + 1, START_TIMEOUT_MS_MAX],
  [Number.MAX_SAFE_INTEGER, START_TIMEOUT_MS_MAX],
])("a start may take %s: %d ms", (startTimeoutMs, ms) => {
  expect(startTimeoutOf(startTimeoutMs === undefined ? {} : { startTimeoutMs })).toBe(ms);
});

it.each([
  [undefined, null],
  ["loaded", null],
  ["stub", null],
  ["merged", null],
  ["not-found", "not-found"],
  ["masked", "masked"],
  ["bad-setting", "bad-setting"],
  ["error", "error"],
] as const)("load state %s stands in the way: %s", (loadState, unloaded) => {
  expect(unloadedOf(loadState === undefined ? {} : { loadState })).toBe(unloaded);
});
