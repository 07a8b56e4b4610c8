// When a result is overdue, and what is told of a check then: each bound from both sides.
import { describe, expect, it } from "vitest";
import { type CheckRun, isOverdue, OVERDUE_SLACK_MS, resultToTell } from "@countersign/shared/host/overdue";
import { roundMsOf, ttlMsOf } from "@countersign/shared/host/report-plan";
import { CheckResult } from "@countersign/shared/wire/service-report";

const EVERY_MS = 10_000;
const TIMEOUT_MS = 3_000;
/** The host's wall clock minus its monotonic one. */
const EPOCH_MS = 1_700_000_000_000;
const run: CheckRun = { everyMs: EVERY_MS, timeoutMs: TIMEOUT_MS, completedAt: 20_000 };
const dueAt = 20_000 + EVERY_MS + TIMEOUT_MS;
const toldAt = dueAt + OVERDUE_SLACK_MS;
const named = { check: "http", kind: "http", severity: "critical" } as const;
const last: CheckResult = {
  ...named,
  status: "pass",
  summary: "HTTP 200",
  latencyMs: 2,
  finishedAt: EPOCH_MS + 20_000,
  ttlMs: ttlMsOf("pass", EVERY_MS, TIMEOUT_MS),
};

function at(monotonic: number) {
  return { monotonic, wall: EPOCH_MS + monotonic };
}

describe("a result is overdue", () => {
  it("when a run has not ended its period, its timeout and the slack after the last one", () => {
    expect(isOverdue(run, toldAt - 1)).toBe(false);
    expect(isOverdue(run, toldAt)).toBe(true);
  });

  it("also when it was never begun", () => {
    expect(isOverdue({ ...run, startedAt: 19_000 }, toldAt - 1)).toBe(false);
    expect(isOverdue({ ...run, startedAt: 19_000 }, toldAt)).toBe(true);
  });

  it("and one that began late, because the loop was blocked, has its whole timeout first", () => {
    const late = { ...run, startedAt: 90_000 };
    expect(isOverdue(late, 90_000 + TIMEOUT_MS + OVERDUE_SLACK_MS - 1)).toBe(false);
    expect(isOverdue(late, 90_000 + TIMEOUT_MS + OVERDUE_SLACK_MS)).toBe(true);
  });
});

describe("what is told of a check", () => {
  it("is its last result while the next one is in time", () => {
    expect(resultToTell({ ...named, run, last }, at(toldAt - 1))).toBe(last);
  });

  it("is the last result and since when the next one is overdue, by the host's own clock", () => {
    const told = resultToTell({ ...named, run, last }, at(toldAt));
    expect(told).toEqual({ ...last, overdueSinceAt: EPOCH_MS + dueAt });
    expect(resultToTell({ ...named, run, last }, at(toldAt + 900_000))).toEqual(told);
  });

  it("is nothing where no result came yet, and after its time that there is none, which passes in no way", () => {
    expect(resultToTell({ ...named, run, last: undefined }, at(toldAt - 1))).toBeUndefined();
    const told = resultToTell({ ...named, run, last: undefined }, at(toldAt));
    expect(told).toMatchObject({
      ...named,
      status: "fail",
      summary: "no result yet",
      finishedAt: EPOCH_MS + 30_000,
      overdueSinceAt: EPOCH_MS + dueAt,
    });
    expect(CheckResult.safeParse(told).success).toBe(true);
  });

  it("is an instant also on a host whose clock stands before 1970", () => {
    const told = resultToTell({ ...named, run, last: undefined }, { monotonic: toldAt, wall: -5 });
    expect(CheckResult.safeParse(told).success).toBe(true);
  });
});

it("a time to live gives back the period and timeout that it was made of", () => {
  expect(roundMsOf({ status: "pass", ttlMs: ttlMsOf("pass", EVERY_MS, TIMEOUT_MS) })).toBe(13_000);
  expect(roundMsOf({ status: "fail", ttlMs: ttlMsOf("fail", EVERY_MS, TIMEOUT_MS) })).toBe(13_000);
  expect(roundMsOf({ status: "pass", ttlMs: 0 })).toBe(0);
});
