// `check-stale`: a result that is not followed by another within its time to live plus slack; each bound from both sides.
import { describe, expect, it } from "vitest";
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
