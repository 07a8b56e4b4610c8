// Since when a unit runs, as reports show it: what is a run, what is a new one, and by whose clock it began.
import { describe, expect, it } from "vitest";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { applyReport, unreportedService } from "../../../../../control-plane/src/core/shard/host/services.ts";
import type { ServiceState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import { unitRunChange, unitRunsSinceAt } from "../../../../../control-plane/src/core/shard/host/unit-run.ts";
import { policyWith, START_AT } from "../shard-driver.ts";

const RUNS: UnitState = {
  activeState: "active",
  subState: "running",
  result: "success",
  restartCount: 0,
  invocationId: "a",
  mainPid: 7,
  activeEnterAt: START_AT - 1_000,
  memoryCurrentBytes: null,
};
const DEAD: Partial<UnitState> = { activeState: "failed", subState: "failed", mainPid: 0 };
const NEXT_AT = START_AT + 60_000;

function reported(previous: ServiceState, change: Partial<UnitState> | null, now = START_AT): ServiceState {
  const unit = change === null ? null : { ...RUNS, ...change };
  return applyReport(previous, {
    report: { service: "web", unit, results: [] },
    digest: true,
    now,
    policy: policyWith(),
  });
}

/** What is told of the second report. */
function toldOf(first: Partial<UnitState> | null, second: Partial<UnitState> | null) {
  const before = reported(unreportedService("web"), first);
  return unitRunChange(before, reported(before, second, NEXT_AT), NEXT_AT).map(({ startedAt }) => startedAt);
}

describe("since when a unit runs", () => {
  it.each<[string, Partial<UnitState>, number | null]>([
    ["it is active", {}, RUNS.activeEnterAt],
    ["it reloads", { activeState: "reloading", subState: "reload" }, RUNS.activeEnterAt],
    ["it is active and has no process", { subState: "exited" }, null],
    ["it starts", { activeState: "activating", subState: "start" }, null],
    [
      "systemd will start it again",
      { activeState: "activating", subState: "auto-restart", mainPid: 0 },
      null,
    ],
    ["it has failed", DEAD, null],
    [
      "a oneshot is active only when it has ended",
      {
        type: "oneshot",
        activeState: "activating",
        subState: "start",
        activeEnterAt: null,
        inactiveExitAt: 5,
      },
      5,
    ],
  ])("%s", (_, change, sinceAt) => {
    expect(unitRunsSinceAt({ ...RUNS, ...change })).toBe(sinceAt);
  });
});

describe("what a report tells of it", () => {
  it("is nothing while it is the same run, whatever else it says", () => {
    expect(toldOf({}, { memoryCurrentBytes: 9, activeState: "reloading", subState: "reload" })).toEqual([]);
    expect(toldOf(DEAD, DEAD)).toEqual([]);
    expect(toldOf(null, null)).toEqual([]);
  });

  it("is a start as of the report that shows it: the host's clock may be wrong", () => {
    expect(toldOf({}, { invocationId: "b", activeEnterAt: 5 })).toEqual([NEXT_AT]);
    expect(toldOf(DEAD, { activeEnterAt: 5 })).toEqual([NEXT_AT]);
  });

  it("is since when it runs, by the host's word, where nothing was known before", () => {
    expect(toldOf(null, {})).toEqual([RUNS.activeEnterAt]);
  });

  it("is its end", () => {
    expect(toldOf({}, DEAD)).toEqual([null]);
    expect(toldOf({}, { activeState: "activating", subState: "auto-restart", mainPid: 0 })).toEqual([null]);
  });

  it("is nothing when only our memory of the unit was lost", () => {
    const before = {
      ...reported(unreportedService("web"), {}),
      report: { service: "web", unit: null, results: [] },
    };
    expect(unitRunChange(before, reported(before, {}, NEXT_AT), NEXT_AT)).toEqual([]);
  });
});
