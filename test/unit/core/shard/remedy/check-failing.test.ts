// Rule check-failing, on both sides of each bound: how many failures, held how long, and what the signal carries.
import { describe, expect, it } from "vitest";
import { namedAt } from "@countersign/shared/values/named";
import type { CheckResult } from "@countersign/shared/wire/service-report";
import { isFiring } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import {
  driveFailingService,
  driveUpHost,
  grantWith,
  outcomeWith,
  policyWith,
  reportWith,
  resultWith,
  START_AT,
  WEB_1,
} from "../shard-driver.ts";
import { results } from "./results-driver.ts";

describe("fires after N failures in a row of which the first is held long enough", () => {
  it.each([
    { failures: 2, everyMs: 10_000, isFiring: false },
    { failures: 3, everyMs: 4_999, isFiring: false },
    { failures: 3, everyMs: 5_000, isFiring: true },
  ])("$failures failures, one every $everyMs ms: $isFiring", ({ failures, everyMs, isFiring }) => {
    const shard = driveUpHost();
    for (let count = 0; count < failures; count += 1) {
      if (count > 0) shard.advance(everyMs);
      shard.report({ status: "fail" });
    }
    expect(shard.signals("firing")).toHaveLength(isFiring ? 1 : 0);
  });

  it("looks again by the alarm when they were not held yet", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 3; count += 1) shard.report({ status: "fail" });
    shard.advance(9_999);
    expect(shard.signals("firing")).toEqual([]);
    shard.advance(1);
    expect(shard.signals("firing")).toMatchObject([
      { happenedAt: START_AT, noticedAt: START_AT + 10_000, reason: "check-failing" },
    ]);
  });

  it("does not count a repeated result", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 5; count += 1)
      shard.send({
        kind: "reported",
        hostId: WEB_1,
        digest: true,
        services: [reportWith({ run: 1, status: "fail" })],
      });
    shard.advance(60_000);
    expect(shard.signals("firing")).toEqual([]);
  });
});

describe("the firing signal", () => {
  it("carries its proof, the restarts, and the request that is sent in the same decision", () => {
    const shard = driveFailingService();
    expect(shard.signals("firing")).toMatchObject([
      {
        severity: "error",
        title: "web is failing on web-1",
        subject: { service: "web" },
        restarts: { count: 0, max: 3, windowMs: 3_600_000 },
        proposalRequestId: shard.service().proposal?.requestId,
      },
    ]);
    expect(shard.signals("firing")[0]?.evidence).toEqual([
      { at: START_AT + 15_000, text: "http failed 3×: connection refused" },
      { at: START_AT + 15_000, text: "web.service: failed (result exit-code), no process" },
    ]);
    expect(shard.sent("propose")).toMatchObject([
      { service: "web", action: "restart", requestId: shard.service().proposal?.requestId },
    ]);
  });

  it("is not repeated by further failures", () => {
    const shard = driveFailingService();
    for (let count = 0; count < 205; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail" });
    }
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("is sent again when the severity rises, with the same request", () => {
    const shard = driveFailingService();
    for (let count = 0; count < 4; count += 1) {
      shard.advance(5_000);
      const report = reportWith({ run: 100 + count, status: "fail" });
      const critical = resultWith({
        check: "tcp",
        status: "fail",
        severity: "critical",
        finishedAt: START_AT + count,
      });
      const results = [...report.results, critical];
      shard.send({ kind: "reported", hostId: WEB_1, digest: false, services: [{ ...report, results }] });
    }
    expect(shard.signals("firing").map(({ severity }) => severity)).toEqual(["error", "critical"]);
    const requests = shard.signals("firing").map(({ proposalRequestId }) => proposalRequestId);
    expect(new Set(requests).size).toBe(1);
    expect(shard.sent("propose")).toHaveLength(1);
  });

  it("is sent again when the severity rose while the host could not be judged", () => {
    const shard = driveFailingService();
    shard.fallSilent();
    shard.advance(30_000);
    shard.hello();
    shard.report({ status: "fail", severity: "critical" });
    expect(shard.host().liveness).toBe("late");
    shard.report({ status: "fail", severity: "critical" }, true);
    const told = shard.signals("firing").filter(({ reason }) => reason === "check-failing");
    expect(told.map(({ severity }) => severity)).toEqual(["error", "critical"]);
  });
});

it("a lesser failure that does not fire by itself changes nothing of a critical one", () => {
  const shard = driveUpHost();
  const send = (run: number, critical: "pass" | "fail", error: "pass" | "fail") => {
    const results = [
      resultWith({ check: "tcp", status: critical, severity: "critical", finishedAt: run }),
      resultWith({ check: "http", status: error, finishedAt: run }),
    ];
    const services = [{ service: "web", unit: null, results }];
    shard.send({ kind: "reported", hostId: WEB_1, digest: false, services });
    shard.advance(5_000);
  };
  for (let run = 1; run <= 3; run += 1) send(run, "fail", "pass");
  send(4, "pass", "fail");
  expect(shard.signals("firing").map(({ severity }) => severity)).toEqual(["critical"]);
});

describe("nothing is proposed", () => {
  it("when the catalogue has no such action", () => {
    const shard = driveFailingService(
      policyWith({ remediations: [{ reason: "check-failing", action: "reload" }] }),
    );
    expect(shard.signals("firing")).toMatchObject([
      { proposalRequestId: null, refusal: { reason: "no-action", isTried: false } },
    ]);
    expect(shard.sent("propose")).toEqual([]);
  });

  it.each([
    { restarts: 2, refusal: undefined, proposals: 1 },
    { restarts: 3, refusal: "budget-used-up", proposals: 0 },
  ])("when $restarts of 3 restarts are used: $proposals proposals", ({ restarts, refusal, proposals }) => {
    const shard = driveUpHost();
    for (let count = 0; count <= restarts; count += 1) shard.report({ invocationId: `inv-${count}` });
    for (let count = 0; count < 3; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail", invocationId: `inv-${restarts}` });
    }
    expect(shard.signals("firing")).toMatchObject([{ restarts: { count: restarts, max: 3 } }]);
    expect(shard.signals("firing")[0]?.refusal?.reason).toBe(refusal);
    expect(shard.sent("propose")).toHaveLength(proposals);
  });

  it("while a grant for the service is on its way", () => {
    const shard = driveUpHost();
    shard.report();
    shard.send({ kind: "grant-issued", grant: grantWith() });
    for (let count = 0; count < 3; count += 1) {
      shard.advance(5_000);
      shard.report({ status: "fail" });
    }
    expect(shard.signals("firing")).toMatchObject([{ proposalRequestId: null }]);
    expect(shard.sent("propose")).toEqual([]);
  });
});

it("nothing is proposed while an approved action is being verified", () => {
  const shard = driveFailingService();
  shard.report();
  shard.report({ status: "fail" });
  shard.send({ kind: "outcome", hostId: WEB_1, outcome: outcomeWith() });
  for (let count = 0; count < 3; count += 1) {
    shard.advance(5_000);
    shard.report({ status: "fail" });
  }
  expect(shard.signals("firing").map(({ proposalRequestId }) => proposalRequestId === null)).toEqual([
    false,
    true,
  ]);
  expect(shard.sent("propose")).toHaveLength(1);
});

describe("a silent host", () => {
  it("makes no failing check out of missing data, and keeps its state", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 3; count += 1) shard.report({ status: "fail" });
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 0 });
    shard.fallSilent();
    shard.skip(600_000);
    shard.sweep();
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["host-late-return"]);
    expect(namedAt(shard.service().failing, "http")).toMatchObject({ count: 3 });
  });

  it("is judged after its return only by what it reports then", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 3; count += 1) shard.report({ status: "fail" });
    shard.fallSilent();
    shard.skip(600_000);
    shard.sweep();
    shard.connect(WEB_1, { connectionId: "con_2" });
    shard.advance(10_000);
    expect(shard.signals("firing").filter(({ reason }) => reason === "check-failing")).toEqual([]);
    shard.report({ status: "fail" });
    expect(shard.signals("firing").filter(({ reason }) => reason === "check-failing")).toHaveLength(1);
  });
});

describe("recovery", () => {
  it("clears at the first report with all checks passing", () => {
    const shard = driveFailingService();
    shard.advance(5_000);
    shard.report();
    expect(shard.signals("cleared")).toMatchObject([
      { reason: "check-failing", happenedAt: START_AT + 20_000 },
    ]);
    expect(shard.service().proposal).toBeNull();
    expect(isFiring(shard.service().book, "check-failing")).toBe(false);
  });

  it("of a service that never fired says nothing", () => {
    const shard = driveUpHost();
    shard.report({ status: "fail" });
    shard.report();
    expect(shard.signals("cleared")).toEqual([]);
  });
});

const TEN = "P".repeat(10);

describe("fires when too many of the last ten failed", () => {
  it.each([
    { runs: "FPFPFPFP", policy: {}, isFiring: false },
    { runs: "FPFPFPFPF", policy: {}, isFiring: true },
    { runs: "FPFPF", policy: { failuresOfTenMin: 3 }, isFiring: true },
    { runs: "FPFPF", policy: { failuresOfTenMin: 4 }, isFiring: false },
    { runs: "FPFPFPFPFPFPF", policy: { failuresOfTenMin: "never" }, isFiring: false },
    // never sooner than so many in a row, unless the policy says both
    { runs: "FFFFFPFF", policy: { failuresMin: 8 }, isFiring: false },
    { runs: "FFFFFPFFF", policy: { failuresMin: 8 }, isFiring: true },
    { runs: "FFFFF", policy: { failuresMin: 8, failuresOfTenMin: 5 }, isFiring: true },
  ])("$runs by $policy: $isFiring", ({ runs, policy, isFiring }) => {
    const shard = driveUpHost(policyWith({ checkFailing: policy }));
    results(shard, TEN + runs);
    expect(shard.signals("firing")).toHaveLength(isFiring ? 1 : 0);
  });

  it("says so, of which class, and since when", () => {
    const shard = driveUpHost();
    results(shard, "FPFPFPFPF", { class: "network", summary: "no answer" });
    const [fired] = shard.signals("firing");
    expect(fired?.happenedAt).toBe(START_AT + 30_000);
    expect(fired?.evidence[0]?.text).toBe(
      "http failed 5 of its last 9 times: no answer (it cannot be reached)",
    );
  });
});

describe("the class of what fails", () => {
  it.each([
    ["auth", 0],
    ["memory", 0],
    ["crash", 1],
    ["other", 1],
    [undefined, 1],
  ] as const)("%s: %i asked", (failureClass, asked) => {
    const shard = driveUpHost();
    shard.advance(60_000);
    results(shard, "FFF", failureClass === undefined ? {} : { class: failureClass });
    expect(shard.sent("propose")).toHaveLength(asked);
    if (asked === 0)
      expect(shard.signals("firing")[0]?.refusal).toEqual({
        reason: "restart-pointless",
        finding: "check-failing",
        failureClass,
      });
  });

  it("does not hold a restart back by a check that failed once", () => {
    const shard = driveUpHost();
    shard.advance(60_000);
    const failing = (check: string, count: number): CheckResult =>
      resultWith({
        check,
        status: "fail",
        finishedAt: shard.now(),
        ttlMs: 66_000,
        class: check === "api" ? "auth" : "crash",
        last: { failed: count, of: 10 },
      });
    for (let count = 1; count <= 3; count += 1) {
      shard.advance(30_000);
      const seen = [failing("unit", count), ...(count === 3 ? [failing("api", 1)] : [])];
      const services = [{ ...reportWith({ run: 0 }), results: seen }];
      shard.send({ kind: "reported", hostId: WEB_1, digest: false, services });
    }
    expect(shard.signals("firing").map(({ refusal }) => refusal)).toEqual([undefined]);
    expect(shard.sent("propose")).toHaveLength(1);
  });
});
