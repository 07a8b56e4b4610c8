// Rule identity-conflict: two boots with one key, told apart from one host that rebooted fast.
import { describe, expect, it } from "vitest";
import { CONFLICT_QUIET_MS } from "../../../../../control-plane/src/core/shard/silence/identity-conflict.ts";
import { BOOT_A, BOOT_B, type DrivenShard, driveUpHost, START_AT, WEB_1 } from "../shard-driver.ts";

function refuse(shard: DrivenShard, bootId = BOOT_B) {
  shard.send({ kind: "boot-refused", hostId: WEB_1, bootId });
}

describe("a second boot with the same key", () => {
  it("is a conflict as soon as the first connection shows life after the refusal", () => {
    const shard = driveUpHost();
    shard.advance(1_000);
    refuse(shard);
    expect(shard.signals("firing")).toEqual([]);
    shard.advance(12_000);
    expect(shard.signals("firing")).toMatchObject([
      {
        reason: "identity-conflict",
        severity: "critical",
        happenedAt: START_AT + 1_000,
        title: "web-1: two machines use one key",
      },
    ]);
  });

  it("is a conflict however often it tries: the first refusal counts", () => {
    const shard = driveUpHost();
    for (let count = 0; count < 10; count += 1) {
      refuse(shard);
      shard.advance(2_000);
    }
    expect(shard.signals("firing")).toHaveLength(1);
  });

  it("is a fast reboot, not a conflict, when the first connection stays silent", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    shard.advance(8_000);
    refuse(shard);
    shard.advance(5_000);
    shard.connect(WEB_1, { bootId: BOOT_B, connectionId: "con_2" });
    shard.advance(3_600_000);
    expect(shard.signals("firing")).toEqual([]);
    expect(shard.host().refusedBoot).toBeNull();
  });

  it("is none when a third boot is admitted instead", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    refuse(shard);
    shard.advance(13_000);
    shard.connect(WEB_1, { bootId: "cccccccc-0000-4000-8000-000000000000", connectionId: "con_2" });
    shard.advance(60_000);
    expect(shard.signals("firing")).toEqual([]);
  });

  it("is a conflict when the first one reconnects after it", () => {
    const shard = driveUpHost();
    shard.advance(1_000);
    refuse(shard);
    shard.advance(1_000);
    shard.connect(WEB_1, { bootId: BOOT_A, connectionId: "con_2" });
    expect(shard.signals("firing")).toMatchObject([{ reason: "identity-conflict" }]);
  });
});

describe("a conflict ends", () => {
  it.each([
    { quietMs: CONFLICT_QUIET_MS - 1, cleared: 0 },
    { quietMs: CONFLICT_QUIET_MS, cleared: 1 },
  ])("when no second boot tried for $quietMs ms: $cleared", ({ quietMs, cleared }) => {
    const shard = driveUpHost();
    refuse(shard);
    shard.advance(quietMs);
    expect(shard.signals("cleared")).toHaveLength(cleared);
  });

  it("not by the two copies taking turns", () => {
    const shard = driveUpHost();
    refuse(shard);
    shard.advance(12_000);
    shard.connect(WEB_1, { bootId: BOOT_B, connectionId: "con_2" });
    refuse(shard, BOOT_A);
    shard.advance(60_000);
    expect(shard.signals("firing")).toHaveLength(1);
    expect(shard.signals("cleared")).toEqual([]);
  });
});
