// A service's state from reports: what counts as one failure, as health, and as a restart by anyone.
import { describe, expect, it } from "vitest";
import { named, namedAt } from "@countersign/shared/values/named";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { EMPTY_BOOK, type FactBook } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import {
  applyReport,
  isBoring,
  judgeableAt,
  REPORT_WAIT_MS,
  RESTARTS_KEPT_MAX,
  restartsWithin,
  unreportedService,
} from "../../../../../control-plane/src/core/shard/host/services.ts";
import type { ServiceState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import { driveUpHost, policyWith, reportWith, resultWith, START_AT, WEB_1 } from "../shard-driver.ts";

const POLICY = policyWith();
const WINDOW_MS = POLICY.restartBudget.windowMs;

function apply(
  previous: ServiceState,
  facts: Parameters<typeof reportWith>[0],
  options: { readonly digest?: boolean; readonly now?: number } = {},
): ServiceState {
  const { digest = false, now = START_AT + facts.run * 1_000 } = options;
  return applyReport(previous, { report: reportWith(facts), digest, now, policy: POLICY });
}

const FIRING: FactBook = {
  ...EMPTY_BOOK,
  firing: named({
    "check-failing": {
      reason: "check-failing",
      severity: "error",
      title: "",
      isRestartPointless: false,
      freezes: false,
      failureClass: null,
      affects: null,
      signalledAt: 0,
      signalledDigest: "",
    },
  }),
};
const ASKED = { requestId: "r", requestedAt: 0, boundTo: null, action: "restart", unattended: false };
const RAN = {
  grantId: "g",
  startedAt: 0,
  settledAt: null,
  untilAt: 1,
  action: "restart",
  reason: "check-failing",
} as const;
const fresh = unreportedService("web");

describe("failures in a row", () => {
  it("count each run of a check once, from the first on", () => {
    const once = apply(fresh, { run: 1, status: "fail" });
    const again = apply(once, { run: 1, status: "fail" }, { digest: true, now: START_AT + 9_000 });
    const twice = apply(again, { run: 2, status: "fail" });
    expect(once.failing).toEqual({ http: { count: 1, sinceAt: START_AT + 1_000 } });
    expect(again.failing).toEqual(once.failing);
    expect(twice.failing).toEqual({ http: { count: 2, sinceAt: START_AT + 1_000 } });
  });

  it("start anew after a pass", () => {
    const failed = apply(apply(fresh, { run: 1, status: "fail" }), { run: 2 });
    expect(failed.failing).toEqual({});
    expect(namedAt(apply(failed, { run: 3, status: "fail" }).failing, "http")).toMatchObject({ count: 1 });
  });

  it.each([
    { severity: "info", isFailure: false },
    { severity: "warning", isFailure: false },
    { severity: "error", isFailure: true },
    { severity: "critical", isFailure: true },
  ] as const)("of severity $severity count: $isFailure", ({ severity, isFailure }) => {
    const service = apply(fresh, { run: 1, status: "fail", severity });
    expect("http" in service.failing).toBe(isFailure);
    expect(service.healthySinceAt === null).toBe(isFailure);
  });

  it("stay with a check that a report leaves out, until a digest leaves it out", () => {
    const failed = apply(fresh, { run: 1, status: "fail" });
    const report = { ...reportWith({ run: 2 }), results: [resultWith({ check: "tcp" })] };
    const update = { report, now: START_AT + 2_000, policy: POLICY };
    expect(applyReport(failed, { ...update, digest: false }).failing).toEqual(failed.failing);
    expect(applyReport(failed, { ...update, digest: true }).failing).toEqual({});
  });
});

describe("healthy since", () => {
  it("is when all checks last turned to pass", () => {
    const healthy = apply(apply(fresh, { run: 1 }), { run: 2 });
    expect(healthy.healthySinceAt).toBe(START_AT + 1_000);
    const recovered = apply(apply(healthy, { run: 3, status: "fail" }), { run: 4 });
    expect(recovered.healthySinceAt).toBe(START_AT + 4_000);
  });

  it("is never made from missing data", () => {
    const update = { digest: true, now: START_AT, policy: POLICY };
    const empty = applyReport(fresh, { ...update, report: { service: "web", unit: null, results: [] } });
    expect(empty.healthySinceAt).toBeNull();
  });
});

describe("restarts by anyone", () => {
  it.each([
    { change: "nothing", invocationId: "inv-1", restartCount: 4, count: 0 },
    { change: "a new InvocationID", invocationId: "inv-2", restartCount: 4, count: 1 },
    { change: "both, as systemd's own restart does", invocationId: "inv-2", restartCount: 5, count: 1 },
    { change: "NRestarts by three", invocationId: "inv-4", restartCount: 7, count: 3 },
    { change: "NRestarts alone", invocationId: "inv-1", restartCount: 5, count: 1 },
    { change: "a reset NRestarts", invocationId: "inv-2", restartCount: 0, count: 1 },
    { change: "a unit that lost its id", invocationId: "", restartCount: 4, count: 0 },
  ])("$change counts $count", ({ invocationId, restartCount, count }) => {
    const before = apply(fresh, { run: 1, restartCount: 4 });
    expect(before.restartsAt).toEqual([]);
    expect(apply(before, { run: 2, invocationId, restartCount }).restartsAt).toHaveLength(count);
  });

  it("are no runs by plan, which are seen through our loss of memory and through a look that failed", () => {
    const run = (before: ServiceState, invocationId: string, unit: Partial<UnitState>) => {
      const report = reportWith({ run: 1, invocationId });
      const told = { ...report, unit: { ...report.unit!, type: "oneshot", ...unit } };
      return applyReport(before, { report: told, digest: true, now: START_AT, policy: POLICY });
    };
    const rest = { activeState: "inactive" } as const;
    const ran = run(fresh, "inv-1", rest);
    expect(ran.isBetweenRuns).toBe(true);
    expect(run(ran, "inv-2", rest).restartsAt).toEqual([]);
    expect(run(run(ran, "inv-1", { activeState: "unknown" }), "inv-2", rest).restartsAt).toEqual([]);
    expect(run(ran, "inv-4", { restartCount: 2 }).restartsAt).toHaveLength(2);
    const failed = run(ran, "inv-2", { activeState: "failed", result: "exit-code" });
    expect([failed.restartsAt, failed.isBetweenRuns]).toEqual([[], undefined]);
    expect(run(failed, "inv-3", rest).restartsAt).toHaveLength(1);
  });

  it("are seen through a time without an id", () => {
    const stopped = apply(apply(fresh, { run: 1 }), { run: 2, invocationId: "" });
    expect(apply(stopped, { run: 3, invocationId: "inv-1" }).restartsAt).toEqual([]);
    expect(apply(stopped, { run: 3, invocationId: "inv-2" }).restartsAt).toHaveLength(1);
  });

  it("leave the rolling window when they are exactly as old as it", () => {
    const restarted = apply(apply(fresh, { run: 1 }), { run: 2, invocationId: "inv-2" });
    const at = START_AT + 2_000;
    expect(restartsWithin(restarted, at + WINDOW_MS - 1, WINDOW_MS)).toEqual([at]);
    expect(restartsWithin(restarted, at + WINDOW_MS, WINDOW_MS)).toEqual([]);
  });

  it("are bounded", () => {
    const looping = apply(apply(fresh, { run: 1 }), { run: 2, invocationId: "x", restartCount: 5_000 });
    expect(looping.restartsAt).toHaveLength(RESTARTS_KEPT_MAX);
    expect(apply(looping, { run: 3, invocationId: "y" }).restartsAt).toHaveLength(RESTARTS_KEPT_MAX);
  });
});

describe("a boring service", () => {
  it("is healthy with nothing open", () => {
    expect(isBoring(apply(fresh, { run: 1 }))).toBe(true);
  });

  it.each<[string, Partial<ServiceState>]>([
    ["unhealthy", { healthySinceAt: null }],
    ["firing", { book: FIRING }],
    ["restarted lately", { restartsAt: [START_AT] }],
    ["proposed", { proposal: ASKED }],
    ["verified now", { verification: RAN }],
  ])("is not %s", (_, change) => {
    expect(isBoring({ ...apply(fresh, { run: 1 }), ...change })).toBe(false);
  });
});

describe("a service may be judged", () => {
  it("as soon as the live connection has reported it, or when the wait for that is over", () => {
    const shard = driveUpHost();
    shard.report();
    expect(judgeableAt(shard.host(), shard.service())).toBe(START_AT);
    shard.advance(1_000);
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(judgeableAt(shard.host(), shard.service())).toBe(START_AT + 1_000 + REPORT_WAIT_MS);
  });

  it("never while its host is silent", () => {
    const shard = driveUpHost();
    shard.report();
    shard.fallSilent();
    shard.advance(12_000);
    expect(judgeableAt(shard.host(), shard.service())).toBeNull();
  });
});

describe("a digest", () => {
  it("drops a service that the catalogue lost, and clears what it fired", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 4; count += 1) {
      shard.report({ status: "fail" });
      shard.advance(5_000);
    }
    shard.connect(WEB_1, { connectionId: "con_2", catalogue: [] });
    shard.send({ kind: "reported", hostId: WEB_1, digest: true, services: [] });
    expect(shard.host().services).toEqual({});
    expect(shard.signals("cleared")).toMatchObject([{ reason: "check-failing" }]);
  });

  it("keeps a service that only the digest left out", () => {
    const shard = driveUpHost();
    shard.report();
    shard.send({ kind: "reported", hostId: WEB_1, digest: true, services: [] });
    expect(shard.host().services).toHaveProperty("web");
  });
});
