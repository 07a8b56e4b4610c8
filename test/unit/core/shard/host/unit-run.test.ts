// Since when a unit runs, as reports show it: what is a run, what is a new one, and by whose clock it began.
import { describe, expect, it } from "vitest";
import type { CheckResult, UnitState } from "@countersign/shared/wire/service-report";
import { applyReport, unreportedService } from "../../../../../control-plane/src/core/shard/host/services.ts";
import type { ServiceState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import { unitRunChange, unitRunsSinceAt } from "../../../../../control-plane/src/core/shard/host/unit-run.ts";
import { driveUpHost, policyWith, resultWith, START_AT, WEB_1 } from "../shard-driver.ts";

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
const UNSEEN: Partial<UnitState> = { activeState: "unknown", subState: "", invocationId: "", mainPid: 0 };
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
        inactiveExitAt: START_AT - 5_000,
      },
      START_AT - 5_000,
    ],
  ])("%s", (_, change, sinceAt) => {
    expect(unitRunsSinceAt(reported(unreportedService("web"), change))).toBe(sinceAt);
  });

  const HOUR_MS = 3_600_000;
  const ran = (aheadMs: number, results: readonly Partial<CheckResult>[]) => {
    const unit = { ...RUNS, activeEnterAt: START_AT + aheadMs - 60_000 };
    const told = results.map((result) => resultWith({ finishedAt: START_AT + aheadMs, ...result }));
    return unitRunsSinceAt({ report: { service: "web", unit, results: told }, reportedAt: START_AT });
  };

  it.each([
    { clock: "right", aheadMs: 0 },
    { clock: "ten minutes ahead", aheadMs: 600_000 },
    { clock: "a day behind", aheadMs: -24 * HOUR_MS },
  ])("by a host's clock that is $clock: its age when it was told", ({ aheadMs }) => {
    expect(ran(aheadMs, [{ finishedAt: START_AT + aheadMs - HOUR_MS }, {}])).toBe(START_AT - 60_000);
  });

  it.each([
    {
      name: "hangs for an hour",
      result: { finishedAt: START_AT - HOUR_MS, overdueSinceAt: START_AT - HOUR_MS },
    },
    { name: "began to hang now", result: { overdueSinceAt: START_AT } },
  ])("by a check that $name too", ({ result }) => {
    expect(ran(0, [result])).toBe(START_AT - 60_000);
  });

  it("without a check by the host's word, and never later than it was told", () => {
    expect(ran(0, [])).toBe(START_AT - 60_000);
    expect(ran(600_000, [])).toBe(START_AT);
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

  it("is nothing while it cannot be seen, nor when it is seen again as it was", () => {
    const running = reported(unreportedService("web"), {});
    const unseen = reported(running, UNSEEN, NEXT_AT);
    expect(unitRunChange(running, unseen, NEXT_AT)).toEqual([]);
    expect(unitRunChange(unseen, reported(unseen, {}, NEXT_AT), NEXT_AT)).toEqual([]);
    const after = (change: Partial<UnitState>) =>
      unitRunChange(unseen, reported(unseen, change, NEXT_AT), NEXT_AT).map(({ startedAt }) => startedAt);
    expect([after(DEAD), after({ invocationId: "b" })]).toEqual([[null], [NEXT_AT]]);
  });

  it("is nothing when only our memory of the unit was lost", () => {
    const before = {
      ...reported(unreportedService("web"), {}),
      report: { service: "web", unit: null, results: [] },
    };
    expect(unitRunChange(before, reported(before, {}, NEXT_AT), NEXT_AT)).toEqual([]);
  });
});

it("a daemon that began before the deaths has not begun after them, however far its host's clock is ahead", () => {
  const shard = driveUpHost();
  const aheadMs = 600_000;
  const unit = { ...RUNS, activeEnterAt: START_AT + aheadMs - 60_000 };
  const results = [resultWith({ finishedAt: START_AT + aheadMs })];
  const services = [{ service: "web", unit, results }];
  shard.send({ kind: "reported", hostId: WEB_1, digest: true, services });
  for (let count = 0; count < 3; count += 1) {
    shard.advance(1_000);
    const died = { kind: "session", service: "web", class: "auth", detail: "401" } as const;
    const facts = [{ ...died, at: shard.now(), startedAt: shard.now() - 500 }];
    shard.send({ kind: "facts", hostId: WEB_1, facts });
  }
  shard.advance(2 * 3_600_000);
  expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["startup-death"]);
  expect(shard.signals("cleared")).toEqual([]);
});
