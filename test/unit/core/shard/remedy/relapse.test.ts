// Rule check-failing after it has cleared: what brings it back before it is over, when it is over, and what is asked
// meanwhile.
import { describe, expect, it } from "vitest";
import type { CheckResult, UnitState } from "@countersign/shared/wire/service-report";
import { isBoring } from "../../../../../control-plane/src/core/shard/host/services.ts";
import { type DrivenShard, driveUpHost, policyWith, reportWith, resultWith, WEB_1 } from "../shard-driver.ts";
import { results } from "./results-driver.ts";

const TEN = "P".repeat(10);

describe("clears when it is well, and is over later", () => {
  it("one failure brings it back without a question; then it stays until ten passed", () => {
    const shard = driveUpHost();
    results(shard, "FFFP");
    expect([shard.signals("firing").length, shard.signals("cleared").length]).toEqual([1, 1]);
    const asked = shard.sent("propose").length;
    results(shard, "PF");
    expect([shard.signals("firing").length, shard.sent("propose").length]).toEqual([2, asked]);
    results(shard, "PPP");
    expect(shard.signals("cleared")).toHaveLength(1);
    results(shard, TEN);
    expect(shard.signals("cleared")).toHaveLength(2);
    results(shard, "F");
    expect(shard.signals("firing")).toHaveLength(2);
  });

  it("or until all have passed for as long as an incident takes to end, by the alarm", () => {
    const shard = driveUpHost();
    results(shard, "FFFPF");
    shard.report();
    const passedAt = shard.now();
    shard.advance(10 * 60_000 - 1);
    expect(shard.signals("cleared")).toHaveLength(1);
    shard.advance(1);
    expect(shard.signals("cleared")[1]).toMatchObject({ happenedAt: passedAt });
    expect(shard.service().relapse).toBeUndefined();
  });

  const asOf = (shard: DrivenShard, unit: Partial<UnitState>, result: Partial<CheckResult>) => {
    const report = reportWith({ run: 0 });
    const seen = report.unit === null ? null : { ...report.unit, ...unit };
    const results = [resultWith({ finishedAt: shard.now(), ...result })];
    shard.send({
      kind: "reported",
      hostId: WEB_1,
      digest: false,
      services: [{ ...report, unit: seen, results }],
    });
  };
  const STARTING = {
    activeState: "activating",
    subState: "start",
    mainPid: 0,
    startTimeoutMs: 60_000,
  } as const;

  it("a failure while its unit is being started brings it back no sooner than that is over, by the alarm", () => {
    const shard = driveUpHost();
    results(shard, "FFFPP");
    shard.advance(30_000);
    asOf(shard, STARTING, { status: "fail" });
    shard.advance(60_000 - 1);
    expect(shard.signals("firing")).toHaveLength(1);
    shard.advance(1);
    expect(shard.signals("firing")).toHaveLength(2);
    expect(shard.service().relapse).toBe("back");
  });

  it("and not at all where it started in time", () => {
    const shard = driveUpHost();
    results(shard, "FFFPP");
    shard.advance(30_000);
    asOf(shard, STARTING, { status: "fail" });
    shard.advance(50_000);
    asOf(shard, { invocationId: "inv-2" }, {});
    shard.advance(60 * 60_000);
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("a check that hangs brings nothing back, and its own rule tells it", () => {
    const shard = driveUpHost();
    results(shard, "FFFPP");
    shard.advance(30_000);
    asOf(shard, {}, { overdueSinceAt: shard.now() });
    shard.advance(60 * 60_000);
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["check-failing", "check-stale"]);
  });

  it("and the question for what came back waits for the rule, and for nothing else", () => {
    const shard = driveUpHost(policyWith({ checkFailing: { held: "5m", failuresOfTenMin: "never" } }));
    results(shard, "F".repeat(11));
    results(shard, "PP");
    const asked = shard.sent("propose").length;
    results(shard, "FFF");
    shard.advance(4 * 60_000 - 1);
    expect([shard.service().relapse, shard.sent("propose").length]).toEqual(["back", asked]);
    shard.advance(1);
    expect([shard.service().relapse, shard.sent("propose").length]).toEqual([undefined, asked + 1]);
  });

  it("what comes and goes is well, for every rule, when it has passed for so long", () => {
    const shard = driveUpHost();
    results(shard, "FPFPFPFPF");
    results(shard, "PP", { last: { failed: 5, of: 10 } });
    expect(shard.service()).toMatchObject({ healthySinceAt: null, failing: { http: { count: 0 } } });
    const passedAt = shard.now() - 30_000;
    shard.advance(10 * 60_000);
    expect(shard.service()).toMatchObject({ healthySinceAt: passedAt, failing: {} });
    expect(shard.signals("cleared")).toMatchObject([{ happenedAt: passedAt }]);
    // and the next failure alone is not five of ten again
    results(shard, "F", { last: { failed: 5, of: 10 } });
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("of ten that passed nothing is kept", () => {
    const shard = driveUpHost();
    results(shard, `FPFFP${TEN}`);
    expect(shard.service()).not.toHaveProperty("tallies");
    // what it may be blamed for is remembered a little longer
    shard.advance(10 * 60_000);
    expect(isBoring(shard.service())).toBe(true);
  });
});
