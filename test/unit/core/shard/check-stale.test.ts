// `check-stale`: a result that is not followed by another within its time to live plus slack, or that the agent says is
// overdue; each bound from both sides.
import { describe, expect, it } from "vitest";
import { ttlMsOf } from "@countersign/shared/host/report-plan";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { driveUpHost, policyWith, reportWith, resultWith, START_AT, WEB_1 } from "./shard-driver.ts";

const MINUTE_MS = 60_000;
/** An hour to live and the default slack. */
const DUE_MS = 60 * MINUTE_MS + 30_000;

function drive(bounds = {}) {
  const shard = driveUpHost(policyWith({ rules: { "check-stale": bounds } }));
  return {
    ...shard,
    tell(digest: boolean, ...results: readonly Partial<CheckResult>[]) {
      const told = results.map((result) => resultWith({ ttlMs: 60 * MINUTE_MS, ...result }));
      const report = { ...reportWith({ run: 0 }), results: told };
      shard.send({ kind: "reported", hostId: WEB_1, digest, services: [report] });
    },
    firing: () => shard.signals("firing").filter(({ reason }) => reason === "check-stale"),
    cleared: () => shard.signals("cleared").filter(({ reason }) => reason === "check-stale"),
  };
}

describe("check-stale", () => {
  it("fires by the alarm at the end of the time to live plus slack, not a moment sooner", () => {
    const shard = drive();
    shard.tell(true, {});
    shard.advance(DUE_MS - 1);
    expect(shard.firing()).toEqual([]);
    shard.advance(1);
    expect(shard.firing()).toMatchObject([
      {
        severity: "error",
        title: "Checks of web on web-1 bring no results any more",
        happenedAt: START_AT + DUE_MS,
        evidence: [{ at: START_AT, text: "http: last result (pass) was good for 1h" }],
      },
    ]);
    shard.advance(10 * DUE_MS);
    expect(shard.firing()).toHaveLength(1);
  });

  it("clears with a fresh result", () => {
    const shard = drive();
    shard.tell(true, {});
    shard.advance(DUE_MS);
    shard.tell(false, { finishedAt: START_AT + DUE_MS });
    expect(shard.cleared()).toHaveLength(1);
    shard.advance(DUE_MS - 1);
    expect(shard.firing()).toHaveLength(1);
    shard.advance(1);
    expect(shard.firing()).toHaveLength(2);
  });

  it("counts a result's age on arrival by the host's own clock, however wrong that is", () => {
    const shard = drive();
    const wrongAt = 1_000_000_000;
    shard.tell(true, { finishedAt: wrongAt }, { check: "tcp", finishedAt: wrongAt - 40 * MINUTE_MS });
    shard.advance(DUE_MS - 40 * MINUTE_MS - 1);
    expect(shard.firing()).toEqual([]);
    shard.advance(1);
    expect(shard.firing()[0]?.evidence).toMatchObject([{ text: "tcp: last result (pass) was good for 1h" }]);
  });

  it("takes its severity from the check, and leaves out checks that are only shown", () => {
    const shard = drive();
    shard.tell(true, { severity: "critical" }, { check: "disk", severity: "warning", ttlMs: 0 });
    shard.advance(DUE_MS - 1);
    expect(shard.firing()).toEqual([]);
    shard.advance(1);
    expect(shard.firing()).toMatchObject([{ severity: "critical" }]);
  });

  it("is not fired for a host that is silent, nor before its digest was waited for", () => {
    const shard = drive();
    shard.tell(true, {});
    shard.fallSilent();
    shard.advance(2 * DUE_MS);
    expect(shard.firing()).toEqual([]);
    shard.connect();
    shard.advance(59_999);
    expect(shard.firing()).toEqual([]);
    shard.advance(1);
    expect(shard.firing()).toHaveLength(1);
  });

  it("goes by the policy: its slack, and whether it is on", () => {
    const shard = drive({ slack: "0ms" });
    shard.tell(true, {});
    shard.advance(60 * MINUTE_MS);
    expect(shard.firing()).toHaveLength(1);
    const off = drive({ enabled: false });
    off.tell(true, {});
    off.advance(10 * DUE_MS);
    expect(off.firing()).toEqual([]);
  });
});

describe("check-stale by what the agent says is overdue", () => {
  /** The first result that is overdue is told long after the host was first heard. */
  const FROM_AT = START_AT + 10 * MINUTE_MS;

  /** A check of this period and timeout together that passed in time until then. */
  function driveOverdue(roundMs: number, { slack = {}, told = {} }: { slack?: object; told?: object } = {}) {
    const shard = drive(slack);
    const ttlMs = ttlMsOf("pass", roundMs, 0);
    const finishedAt = FROM_AT - roundMs;
    shard.tell(true, { ttlMs, finishedAt });
    shard.advance(FROM_AT - START_AT);
    shard.tell(false, { ttlMs, finishedAt, overdueSinceAt: FROM_AT, ...told });
    return shard;
  }

  it.each([
    { round: "30s", roundMs: 30_000, afterMs: 15_000 },
    { round: "8s", roundMs: 8_000, afterMs: 4_000 },
    { round: "1m", roundMs: 60_000, afterMs: 30_000 },
    { round: "10m3s", roundMs: 603_000, afterMs: 30_000 },
  ])(
    "fires for a round of $round after half of it, or the slack where that is less",
    ({ roundMs, afterMs }) => {
      const shard = driveOverdue(roundMs);
      shard.advance(afterMs - 1);
      expect(shard.firing()).toEqual([]);
      shard.advance(1);
      expect(shard.firing()).toMatchObject([
        {
          severity: "error",
          happenedAt: FROM_AT,
          evidence: [{ at: FROM_AT, text: "http: hangs or is not begun; last known: pass, 200 in 3 ms" }],
        },
      ]);
      shard.advance(60 * MINUTE_MS);
      expect(shard.firing()).toHaveLength(1);
    },
  );

  // Counted from the beginning of the run that hangs. What may take longer than its period is told later, and never more
  // than the slack after it is overdue.
  it.each([
    { every: "3s", everyMs: 3_000, timeoutMs: 3_000, isWithin: true },
    { every: "5s", everyMs: 5_000, timeoutMs: 3_000, isWithin: true },
    { every: "30s", everyMs: 30_000, timeoutMs: 30_000, isWithin: true },
    { every: "30s", everyMs: 30_000, timeoutMs: 31_000, isWithin: false },
    { every: "1m", everyMs: 60_000, timeoutMs: 60_000, isWithin: true },
    { every: "1m", everyMs: 60_000, timeoutMs: 90_001, isWithin: false },
    { every: "10m", everyMs: 600_000, timeoutMs: 600_000, isWithin: true },
    { every: "2s", everyMs: 2_000, timeoutMs: 3_000, isWithin: false },
  ])(
    "fires within two periods of $every with a timeout of $timeoutMs ms: $isWithin",
    ({ everyMs, timeoutMs, isWithin }) => {
      const shard = driveOverdue(everyMs + timeoutMs);
      shard.advance(2 * everyMs - timeoutMs);
      expect(shard.firing().length === 1).toBe(isWithin);
    },
  );

  it("clears with a fresh result, and not with the next word of the one that is overdue", () => {
    const shard = driveOverdue(30_000);
    shard.advance(15_000);
    shard.tell(true, { ttlMs: 0, finishedAt: FROM_AT - 30_000, overdueSinceAt: FROM_AT });
    expect(shard.cleared()).toEqual([]);
    shard.tell(false, { finishedAt: FROM_AT + 15_000 });
    expect(shard.cleared()).toHaveLength(1);
  });

  it("says nothing of one that ends within the slack", () => {
    const shard = driveOverdue(30_000);
    shard.advance(14_999);
    shard.tell(false, { finishedAt: FROM_AT + 14_999 });
    shard.advance(30_000);
    expect(shard.firing()).toEqual([]);
  });

  it("leaves out a check that is only shown", () => {
    const shard = driveOverdue(30_000, { told: { severity: "warning" } });
    shard.advance(60 * MINUTE_MS);
    expect(shard.firing()).toEqual([]);
  });

  it("goes by the policy's slack where that is less", () => {
    const shard = driveOverdue(30_000, { slack: { slack: "1s" } });
    shard.advance(999);
    expect(shard.firing()).toEqual([]);
    shard.advance(1);
    expect(shard.firing()).toHaveLength(1);
  });
});

describe("what is overdue", () => {
  const overdue = { overdueSinceAt: START_AT };

  it("is no failure and no health: a first result that never came asks for nothing", () => {
    const shard = drive();
    shard.tell(true, { status: "fail", ...overdue });
    for (let run = 1; run < 10; run += 1)
      shard.tell(false, { status: "fail", finishedAt: START_AT + run, ...overdue });
    shard.advance(60 * MINUTE_MS);
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["check-stale"]);
    expect(shard.service()).toMatchObject({ failing: {}, healthySinceAt: null, proposal: null });
  });

  it("leaves what failed before failing, and counts no more of it", () => {
    const shard = drive();
    for (let run = 0; run < 2; run += 1) shard.tell(true, { status: "fail", finishedAt: START_AT + run });
    for (let run = 0; run < 9; run += 1)
      shard.tell(false, { status: "fail", finishedAt: START_AT + 5, ...overdue });
    expect(shard.service().failing).toMatchObject({ http: { count: 2 } });
  });

  it("keeps no failure alive that is over: what failed passes, and another one hangs", () => {
    const shard = drive();
    const tcp = { check: "tcp" };
    for (let run = 0; run < 3; run += 1) {
      shard.tell(true, { status: "fail", finishedAt: START_AT + run }, tcp);
      shard.advance(10_000);
    }
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["check-failing"]);
    shard.tell(true, { finishedAt: START_AT + 40_000 }, { ...tcp, ...overdue });
    expect(shard.signals("cleared")).toMatchObject([{ reason: "check-failing" }]);
    expect(shard.service()).toMatchObject({ proposal: null, healthySinceAt: null });
  });
});
