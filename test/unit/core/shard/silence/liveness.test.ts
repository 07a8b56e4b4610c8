// Liveness of one host on a driven shard: each deadline to the millisecond, and what may not move it (a closed socket).
import { describe, expect, it } from "vitest";
import { named } from "@countersign/shared/values/named";
import { isFiring } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import { driveUpHost, driveShard, START_AT, WEB_1 } from "../shard-driver.ts";

describe("late at T, down at the page bound, both from the last sign of life", () => {
  it.each([
    { afterMs: 11_999, liveness: "up" },
    { afterMs: 12_000, liveness: "late" },
    { afterMs: 59_999, liveness: "late" },
    { afterMs: 60_000, liveness: "down" },
  ])("$liveness after $afterMs ms of silence", ({ afterMs, liveness }) => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(afterMs);
    shard.sweep();
    expect(shard.host().liveness).toBe(liveness);
    expect(shard.signals("firing")).toHaveLength(liveness === "down" ? 1 : 0);
  });

  it("lets the alarm find both instants by itself, to the millisecond", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(12_000);
    expect(shard.host()).toMatchObject({ liveness: "late", sinceAt: START_AT + 12_000 });
    shard.advance(48_000);
    expect(shard.host()).toMatchObject({ liveness: "down", sinceAt: START_AT + 60_000 });
    expect(shard.signals("firing")).toMatchObject([
      {
        key: "shard-0:first:6",
        reason: "host-silent",
        severity: "critical",
        happenedAt: START_AT,
        noticedAt: START_AT + 60_000,
        subject: { kind: "host", hostId: WEB_1, hostName: "web-1" },
        proposalRequestId: null,
      },
    ]);
  });

  it("fires once, however long it lasts", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(3_600_000);
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("pages a host whose state was never swept while late, through both flips at once", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.skip(60_000);
    shard.sweep();
    expect(shard.host().liveness).toBe("down");
    expect(shard.notes()).toEqual([
      "unknown → up: connected for the first time",
      "up → late: no sign of life since 08:00:00 UTC",
      "late → down: path broken or no second opinion",
    ]);
  });

  it("states when a flip happened and when it was noticed", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.skip(20_000);
    shard.sweep();
    expect(shard.signals("note").at(-1)).toMatchObject({
      happenedAt: START_AT + 12_000,
      noticedAt: START_AT + 20_000,
    });
  });
});

describe("a closed socket is only a hint", () => {
  it("leaves the host up until its deadline", () => {
    const shard = driveUpHost();
    shard.advance(7_000);
    shard.fallSilent();
    shard.send({
      kind: "disconnected",
      hostId: WEB_1,
      connectionId: "con_1",
      lastSeenAt: START_AT + 5_000,
    });
    shard.advance(9_999);
    expect(shard.host()).toMatchObject({ liveness: "up", connection: null, lastSeenAt: START_AT + 5_000 });
    shard.advance(1);
    expect(shard.host().liveness).toBe("late");
  });

  it("ignores the close of a connection that was replaced", () => {
    const shard = driveUpHost();
    shard.connect(WEB_1, { connectionId: "con_2" });
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    expect(shard.host().connection?.connectionId).toBe("con_2");
  });

  it("does not take a close for a sign of life", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(61_000);
    shard.send({ kind: "disconnected", hostId: WEB_1, connectionId: "con_1" });
    expect(shard.host()).toMatchObject({ liveness: "down", lastSeenAt: START_AT });
  });
});

describe("return", () => {
  it("of a host that was down clears the page", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(100_000);
    shard.connect(WEB_1, { connectionId: "con_2" });
    expect([shard.host().liveness, isFiring(shard.host().book, "host-silent")]).toEqual(["up", false]);
    expect(shard.signals("cleared")).toMatchObject([
      {
        reason: "host-silent",
        happenedAt: START_AT + 100_000,
        evidence: [{ text: "seen again after 1m 40s" }],
      },
    ]);
    expect(shard.notes().at(-1)).toBe("down → up: seen again after 1m 40s");
  });

  it("of a host that was late only makes a note", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(30_000);
    shard.connect();
    expect(shard.signals("cleared")).toEqual([]);
    expect(shard.notes().at(-1)).toBe("late → up: seen again after 30s");
  });

  it.each(["late", "down"] as const)("of a %s host on its old socket is noticed without any event", (was) => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(was === "late" ? 20_000 : 90_000);
    expect(shard.host().liveness).toBe(was);
    shard.resumePings();
    shard.advance(10_000);
    expect(shard.host().liveness).toBe("up");
  });
});

it("an older sign of life than the known one moves nothing", () => {
  const shard = driveUpHost();
  shard.advance(7_000);
  shard.send({ kind: "reported", hostId: WEB_1, digest: true, services: [] });
  shard.send({ kind: "sweep", lastSeenAt: named({ [WEB_1]: START_AT + 5_000 }) });
  expect(shard.host().lastSeenAt).toBe(START_AT + 7_000);
});

describe("what never is paged", () => {
  it("a host that was enrolled and never connected", () => {
    const shard = driveShard();
    shard.enrol();
    shard.advance(24 * 3_600_000);
    expect(shard.host()).toMatchObject({ liveness: "unknown", lastSeenAt: 0 });
    expect(shard.effects).toEqual([]);
  });

  it("a host that pings", () => {
    const shard = driveUpHost();
    shard.advance(3_600_000);
    expect(shard.notes()).toEqual(["unknown → up: connected for the first time"]);
  });

  it("a host unknown to the shard", () => {
    const shard = driveShard();
    shard.send({ kind: "boot-refused", hostId: WEB_1, bootId: "x" });
    shard.send({ kind: "second-opinion", hostId: WEB_1, opinion: "answers" });
    expect(shard.state().hosts).toEqual({});
  });
});

describe("an announced absence", () => {
  it.each([
    { returnWithinMs: 300_000, lateAfterMs: 300_000, downAfterMs: 300_000 },
    { returnWithinMs: 30_000, lateAfterMs: 30_000, downAfterMs: 60_000 },
    { returnWithinMs: 0, lateAfterMs: 12_000, downAfterMs: 60_000 },
  ])("of $returnWithinMs ms has its own bounded deadline", ({ returnWithinMs, lateAfterMs, downAfterMs }) => {
    const shard = driveUpHost();
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs });
    shard.fallSilent();
    shard.advance(lateAfterMs - 1);
    expect(shard.host().liveness).toBe("up");
    shard.advance(1);
    expect(shard.host().liveness).not.toBe("up");
    shard.advance(downAfterMs - lateAfterMs);
    expect(shard.signals("firing").map(({ noticedAt }) => noticedAt)).toEqual([START_AT + downAfterMs]);
  });

  it("that is made again replaces the one before, and is told where it moves the deadline by a minute", () => {
    const shard = driveUpHost();
    const leave = (returnWithinMs: number) =>
      shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs });
    const told = shard.notes().length;
    for (let count = 0; count < 50; count += 1) leave(300_000 + (count % 2) * 9_999);
    expect([shard.notes().length - told, shard.host().returnDueAt]).toEqual([1, START_AT + 300_000]);
    leave(359_999);
    expect([shard.notes().length - told, shard.host().returnDueAt]).toEqual([1, START_AT + 359_999]);
    leave(419_999);
    expect([shard.notes().length - told, shard.host().returnDueAt]).toEqual([2, START_AT + 419_999]);
    leave(0);
    expect([shard.notes().length - told, shard.host().returnDueAt]).toEqual([3, START_AT]);
  });

  it("ends with the next hello", () => {
    const shard = driveUpHost();
    shard.send({ kind: "leaving", hostId: WEB_1, reason: "reboot", returnWithinMs: 300_000 });
    shard.advance(60_000);
    shard.connect();
    shard.fallSilent();
    shard.advance(12_000);
    expect(shard.host()).toMatchObject({ liveness: "late", returnDueAt: null });
  });
});
