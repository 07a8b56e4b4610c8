// Self-doubt: waking with all sockets changes nothing; a gap of our own blames nobody before its grace is over.
import { describe, expect, it } from "vitest";
import { type DrivenShard, driveUpHost, policyWith, START_AT, WEB_1, WEB_2 } from "../shard-driver.ts";

const GRACE_MS = 20_000;

function driveTwoHosts(): DrivenShard {
  const shard = driveUpHost();
  shard.enrol(WEB_2, "web-2");
  shard.connect(WEB_2, { connectionId: "con_2" });
  return shard;
}

/** The object was gone for a while and no socket outlived it. */
function loseSight(shard: DrivenShard, gapMs: number): number {
  const blindSinceAt = shard.now();
  shard.fallSilent(WEB_1);
  shard.fallSilent(WEB_2);
  shard.skip(gapMs);
  shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt });
  return blindSinceAt;
}

describe("waking from hibernation", () => {
  it("with every socket changes nothing", () => {
    const shard = driveTwoHosts();
    shard.advance(7_000);
    const { state, alarmAt } = { state: shard.state(), alarmAt: shard.alarmAt() };
    const effects = shard.send({ kind: "woke", connectedHostIds: [WEB_1, WEB_2], blindSinceAt: null });
    expect(shard.state()).toBe(state);
    expect(shard.alarmAt()).toBe(alarmAt);
    expect(effects).toEqual([]);
  });

  it("takes a host whose close was seen for disconnected, not for lost", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.skip(5_000);
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: null });
    expect(shard.state()).toMatchObject({ graceUntilAt: 0, gapSinceAt: null });
    shard.advance(7_000);
    expect(shard.host().liveness).toBe("late");
  });

  it("with a socket missing is a gap of our own", () => {
    const shard = driveTwoHosts();
    shard.advance(1_000);
    shard.fallSilent(WEB_2);
    shard.send({ kind: "woke", connectedHostIds: [WEB_1], blindSinceAt: null });
    expect(shard.state()).toMatchObject({
      graceUntilAt: shard.now() + GRACE_MS,
      gapSinceAt: shard.now(),
    });
    expect(shard.host(WEB_1).liveness).toBe("up");
    expect(shard.host(WEB_2)).toMatchObject({ liveness: "unknown", sinceAt: shard.now(), connection: null });
  });
});

describe("after a gap", () => {
  it("every host is unknown since then, and up when it is seen again; no host is blamed", () => {
    const shard = driveTwoHosts();
    const blindSinceAt = loseSight(shard, 1_260_000);
    expect(shard.host(WEB_1)).toMatchObject({ liveness: "unknown", sinceAt: blindSinceAt });
    shard.advance(5_000);
    shard.connect(WEB_1);
    expect(shard.state().gapSinceAt).toBe(blindSinceAt);
    shard.advance(3_000);
    shard.connect(WEB_2);
    expect(shard.state().gapSinceAt).toBeNull();
    shard.advance(600_000);
    expect(shard.signals("firing").map(({ reason }) => reason)).toEqual(["control-plane-gap"]);
    expect(shard.signals("cleared").map(({ reason }) => reason)).toEqual(["control-plane-gap"]);
    expect(shard.notes().slice(2)).toEqual(["no data 08:00:00–08:21:08 UTC (21m 8s)"]);
    expect(shard.signals("note").at(-1)?.subject).toBeNull();
  });

  it.each([
    { gapMs: 2_000, lateAtMs: 22_000, downAtMs: 60_000 },
    { gapMs: 50_000, lateAtMs: 70_000, downAtMs: 70_000 },
    { gapMs: 3_600_000, lateAtMs: 3_620_000, downAtMs: 3_620_000 },
  ])(
    "of $gapMs ms a host that stays away is late at the end of the grace, and down at $downAtMs ms",
    ({ gapMs, lateAtMs, downAtMs }) => {
      const shard = driveTwoHosts();
      loseSight(shard, gapMs);
      shard.connect(WEB_2);
      shard.advance(START_AT + lateAtMs - 1 - shard.now());
      expect(shard.host(WEB_1).liveness).toBe("unknown");
      shard.advance(1);
      expect(shard.host(WEB_1)).toMatchObject({ sinceAt: START_AT + lateAtMs });
      shard.advance(120_000);
      const silences = shard.signals("firing").filter(({ reason }) => reason === "host-silent");
      expect(silences.map(({ noticedAt }) => noticedAt)).toEqual([START_AT + downAtMs]);
    },
  );

  it("is stated at the end of the grace at the latest", () => {
    const shard = driveTwoHosts();
    loseSight(shard, 60_000);
    shard.skip(GRACE_MS + 5_000);
    shard.sweep();
    expect(shard.notes()).toContain("no data 08:00:00–08:01:20 UTC (1m 20s)");
  });

  it("a host that was down before stays down, and its page stays one", () => {
    const shard = driveTwoHosts();
    shard.fallSilent(WEB_1);
    shard.advance(61_000);
    loseSight(shard, 60_000);
    expect(shard.host(WEB_1)).toMatchObject({ liveness: "down", connection: null });
    shard.connect(WEB_2);
    shard.advance(600_000);
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("a host that was late before is not paged during the grace", () => {
    const shard = driveTwoHosts();
    shard.fallSilent(WEB_1);
    shard.advance(15_000);
    loseSight(shard, 60_000);
    shard.connect(WEB_2);
    shard.advance(GRACE_MS - 1);
    expect(shard.signals("firing")).toEqual([]);
    shard.advance(1);
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("a host whose close was seen before is judged by its own last sign of life", () => {
    const shard = driveTwoHosts();
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    shard.fallSilent(WEB_1);
    shard.advance(10_000);
    loseSight(shard, 5_000);
    shard.connect(WEB_2);
    expect(shard.host(WEB_1)).toMatchObject({ liveness: "unknown", lastSeenAt: START_AT });
    shard.advance(60_000);
    expect(shard.signals("firing")).toMatchObject([{ noticedAt: START_AT + 60_000 }]);
  });

  it("a host that never connected stays what it was", () => {
    const shard = driveTwoHosts();
    const other = "host_00000000000000000000000000000003";
    shard.enrol(other, "web-3");
    loseSight(shard, 60_000);
    shard.advance(600_000);
    expect(shard.host(other)).toMatchObject({ liveness: "unknown", lastSeenAt: 0, sinceAt: START_AT });
  });

  it("waking again in an open gap starts no second grace", () => {
    const shard = driveTwoHosts();
    loseSight(shard, 60_000);
    const { graceUntilAt } = shard.state();
    shard.skip(15_000);
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: null });
    expect(shard.state().graceUntilAt).toBe(graceUntilAt);
  });

  it("a gap in which every socket stayed is stated at once", () => {
    const shard = driveTwoHosts();
    const blindSinceAt = shard.now();
    shard.skip(60_000);
    shard.send({ kind: "woke", connectedHostIds: [WEB_1, WEB_2], blindSinceAt });
    expect(shard.notes().at(-1)).toBe("no data 08:00:00–08:01:00 UTC (1m)");
    expect(shard.state()).toMatchObject({ gapSinceAt: null, graceUntilAt: shard.now() + GRACE_MS });
  });
});

describe("control-plane-gap", () => {
  it.each([
    { gapMs: 119_999, fired: 0 },
    { gapMs: 120_000, fired: 1 },
  ])("of $gapMs ms fires $fired times, and clears what it fired when the gap closes", ({ gapMs, fired }) => {
    const shard = driveTwoHosts();
    loseSight(shard, gapMs);
    expect(shard.signals("firing")).toHaveLength(fired);
    shard.skip(15_000);
    shard.send({ kind: "woke", connectedHostIds: [], blindSinceAt: null });
    expect(shard.signals("firing")).toHaveLength(fired);
    shard.connect(WEB_1);
    shard.connect(WEB_2);
    expect(shard.signals("cleared")).toHaveLength(fired);
    for (const { reason, severity } of shard.signals("firing"))
      expect({ reason, severity }).toEqual({ reason: "control-plane-gap", severity: "warning" });
  });
});

describe("a gap that was told", () => {
  it.each<[string, Record<string, unknown>]>([
    ["wants longer gaps", { "control-plane-gap": { min: "1h" } }],
    ["has no such rule", { "control-plane-gap": { enabled: false } }],
  ])("is over when it closes, under a policy that %s by then", (_which, rules) => {
    const shard = driveUpHost();
    loseSight(shard, 1_260_000);
    shard.applyPolicy(policyWith({ rules }));
    shard.advance(5_000);
    shard.connect(WEB_1);
    const about = (kind: "firing" | "cleared") => shard.signals(kind).map(({ reason }) => reason);
    expect([about("firing"), about("cleared")]).toEqual([["control-plane-gap"], ["control-plane-gap"]]);
  });
});
