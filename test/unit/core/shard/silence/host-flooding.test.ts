// Rule host-flooding: a throttled host is told of and shown, is not called silent for it, and is heard anew when it is quiet.
import { describe, expect, it } from "vitest";
import {
  FLOOD_QUIET_MS,
  FLOOD_RETURN_MS,
} from "../../../../../control-plane/src/core/shard/silence/host-flooding.ts";
import {
  connectionWith,
  type DrivenShard,
  driveFailingService,
  driveUpHost,
  policyWith,
  START_AT,
  WEB_1,
} from "../shard-driver.ts";

const PAGE_BOUND_MS = 60_000;

function drop(shard: DrivenShard, droppedCount = 100, isClosed = false): void {
  shard.send({ kind: "flooded", hostId: WEB_1, droppedCount, lastAt: shard.now(), isClosed });
}

const reasons = (shard: DrivenShard, kind: "firing" | "cleared") =>
  shard.signals(kind).map(({ reason }) => reason);

describe("a host that sends more than its budget", () => {
  it("is told with the first frame that was dropped, once, and counted on", () => {
    const shard = driveUpHost();
    drop(shard);
    shard.advance(15_000);
    drop(shard, 50);
    expect(shard.signals("firing")).toMatchObject([
      {
        reason: "host-flooding",
        severity: "error",
        happenedAt: START_AT,
        subject: { kind: "host", hostId: WEB_1 },
      },
    ]);
    expect(shard.host().flooding).toMatchObject({
      droppedCount: 150,
      sinceAt: START_AT,
      lastAt: START_AT + 15_000,
    });
    expect(shard.host().liveness).toBe("up");
  });

  it("is told again now and then while it goes on", () => {
    const shard = driveUpHost();
    for (let minute = 0; minute < 31; minute += 1) {
      drop(shard);
      shard.advance(FLOOD_QUIET_MS / 2);
      drop(shard);
      shard.advance(FLOOD_QUIET_MS / 2);
    }
    expect(reasons(shard, "firing")).toEqual(["host-flooding", "host-flooding", "host-flooding"]);
    expect(reasons(shard, "cleared")).toEqual([]);
  });

  it("is over when nothing was dropped for the quiet time, and no sooner; then all is asked for again", () => {
    const shard = driveUpHost();
    drop(shard);
    shard.advance(FLOOD_QUIET_MS - 1);
    expect([shard.host().flooding !== null, reasons(shard, "cleared")]).toEqual([true, []]);
    shard.advance(1);
    expect([shard.host().flooding, reasons(shard, "cleared")]).toEqual([null, ["host-flooding"]]);
    expect(shard.sent("report-wanted")).toHaveLength(1);
    shard.advance(3_600_000);
    expect(reasons(shard, "firing")).toEqual(["host-flooding"]);
  });

  it("is asked its open question again, for the answer may have been dropped", () => {
    const shard = driveFailingService();
    const asked = shard.sent("propose").length;
    drop(shard);
    shard.advance(FLOOD_QUIET_MS);
    expect(shard.sent("propose")).toHaveLength(asked + 1);
    expect(new Set(shard.sent("propose").map(({ requestId }) => requestId)).size).toBe(1);
  });

  it("and falls silent meanwhile is silent as ever", () => {
    const shard = driveUpHost();
    drop(shard);
    shard.fallSilent();
    shard.advance(PAGE_BOUND_MS);
    expect(reasons(shard, "firing")).toEqual(["host-flooding", "host-silent"]);
  });

  it("costs no page where the rule is off, and the one that fired is over when it is turned off", () => {
    const off = policyWith({ rules: { "host-flooding": { enabled: false } } });
    const quiet = driveUpHost(off);
    drop(quiet);
    expect([reasons(quiet, "firing"), quiet.host().flooding?.droppedCount]).toEqual([[], 100]);
    const shard = driveUpHost();
    drop(shard);
    shard.applyPolicy(off);
    shard.sweep();
    expect(reasons(shard, "cleared")).toEqual(["host-flooding"]);
  });
});

describe("a host whose digest may have been dropped", () => {
  it("is not called one that is not understood while it is throttled, and is when no digest comes after that", () => {
    const shard = driveUpHost();
    shard.send({
      kind: "connected",
      hostId: WEB_1,
      connection: connectionWith({ connectionId: "con_2", connectedAt: shard.now() }),
    });
    expect(shard.host().unheard).not.toBeNull();
    for (let second = 0; second < 180; second += 20) {
      drop(shard);
      shard.advance(20_000);
    }
    expect([shard.host().liveness, reasons(shard, "firing")]).toEqual(["up", ["host-flooding"]]);
    shard.advance(FLOOD_QUIET_MS);
    expect(shard.sent("report-wanted").length).toBeGreaterThan(0);
    shard.advance(2 * PAGE_BOUND_MS);
    expect(reasons(shard, "firing")).toEqual(["host-flooding", "host-silent"]);
  });
});

describe("a host whose connection was closed for it", () => {
  it("has its own time to come back in, and is silent when it does not", () => {
    const shard = driveUpHost();
    drop(shard, 12_000, true);
    shard.fallSilent();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.advance(FLOOD_RETURN_MS - 1);
    expect([shard.host().liveness, reasons(shard, "firing")]).toEqual(["up", ["host-flooding"]]);
    shard.advance(1);
    expect(reasons(shard, "firing")).toEqual(["host-flooding", "host-silent"]);
  });

  it("is watched as ever from the moment it is back", () => {
    const shard = driveUpHost();
    drop(shard, 12_000, true);
    shard.advance(30_000);
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect(shard.host().flooding?.returnDueAt).toBe(0);
    shard.fallSilent();
    shard.advance(PAGE_BOUND_MS);
    expect(reasons(shard, "firing")).toContain("host-silent");
  });
});
