// Which rows of the read side a shard's decision changes: what differs, and what is gone; and none at all while a host is well, or silent for
// less than the page bound.
import { describe, expect, it } from "vitest";
import { NONE_NAMED } from "@countersign/shared/values/named";
import { planShardProjection } from "../../../../control-plane/src/shell/shard/shard-projection.ts";
import {
  driveFailingService,
  type DrivenShard,
  driveShard,
  driveUpHost,
  policyWith,
  WEB_1,
} from "../../core/shard/shard-driver.ts";

/** The rows of all that happens in `act`: its host and, behind it, what it says of it. */
function toldOf(shard: DrivenShard, ...acts: readonly (() => void)[]): readonly unknown[] {
  return acts.flatMap((act) => {
    const before = shard.state();
    act();
    return planShardProjection(before, shard.state()).map(({ row, table }) => {
      if (table === "hosts") return [row.liveness, row.sinceAt, row.condition, row.urgency, row.services];
      return table === "services" ? [row.service, row.status, row.names] : table;
    });
  });
}

describe("the rows of a decision", () => {
  const state = driveFailingService().state();
  const rows = (after: typeof state) =>
    planShardProjection(state, after).map(({ table, row }) => [table, "status" in row ? row.status : null]);

  it("are none where nothing differs", () => {
    expect(rows(state)).toEqual([]);
  });

  it("say of a service that its host names no more that it is gone", () => {
    const host = { ...state.hosts.get(WEB_1)!, services: NONE_NAMED };
    const told = rows({ ...state, hosts: state.hosts.with(WEB_1, host) });
    // its host has no trouble any more
    expect(told).toEqual([
      ["hosts", null],
      ["services", "gone"],
    ]);
  });

  it("say of a host that is retired that it is in no list, and that its services are gone", () => {
    const told = rows({ ...state, hosts: state.hosts.without(WEB_1) });
    expect(told).toEqual([
      ["hosts", null],
      ["services", "gone"],
    ]);
  });
});

describe("the row of a host", () => {
  it("says that it was never seen; then, with its first report, that it is up, and names its services", () => {
    const shard = driveShard();
    const enrolledAt = shard.now();
    expect(toldOf(shard, () => shard.enrol())).toEqual([["unknown", enrolledAt, "never-seen", 2, "[]"]]);
    expect(toldOf(shard, () => shard.connect())).toEqual([["up", null, "", 3, '["web"]']]);
  });

  it("is not written for keepalives, reports and digests of a host that is well, for an hour", () => {
    const shard = driveUpHost();
    shard.report();
    const minutes = Array.from({ length: 60 }, () => () => {
      shard.advance(60_000);
      shard.report({}, true);
    });
    expect(toldOf(shard, ...minutes)).toEqual([]);
  });

  it("is not written for a host that is late and comes back within the page bound", () => {
    const shard = driveUpHost();
    const told = toldOf(
      shard,
      () => shard.fallSilent(),
      () => shard.advance(20_000),
      () => expect(shard.host().liveness).toBe("late"),
      () => shard.resumePings(),
      () => shard.sweep(),
    );
    expect([told, shard.host().liveness]).toEqual([[], "up"]);
  });

  it("is not written for a reconnect, whatever became of the sockets, and keeps its services while it has none", () => {
    const shard = driveUpHost();
    shard.report();
    const lost = () =>
      shard.send({ kind: "woke", blindSinceAt: shard.now() - 1_000, connectedHostIds: [] } as never);
    const told = toldOf(shard, lost, () => shard.connect(WEB_1, { connectionId: "con_2" }));
    expect(told).toEqual([]);
  });

  it("is written when it is down, and when it is back", () => {
    const shard = driveUpHost();
    shard.fallSilent();
    const down = toldOf(shard, () => shard.advance(90_000));
    expect(down).toEqual([["down", shard.host().sinceAt, "", 0, '["web"]']]);
    expect(toldOf(shard, () => shard.connect(WEB_1, { connectionId: "con_2" }))).toEqual([
      ["up", null, "", 3, '["web"]'],
    ]);
  });

  it("says that it is not understood", () => {
    const shard = driveShard(policyWith());
    shard.enrol();
    shard.hello();
    expect(toldOf(shard, () => shard.refuse())).toEqual([
      ["unknown", shard.host().sinceAt, "not-understood", 2, '["web"]'],
    ]);
  });

  it("moves up in lists while one of its services fails, and the service's own row says with which checks", () => {
    const shard = driveUpHost();
    shard.report();
    const [first, second] = [
      toldOf(shard, () => shard.report({ status: "fail" })),
      toldOf(shard, () => shard.report({ status: "fail" })),
    ];
    expect(first).toEqual([
      ["up", null, "", 1, '["web"]'],
      ["web", "failing", '["http"]'],
    ]);
    expect(second).toEqual([]);
    const well = toldOf(shard, () => shard.report());
    expect(well).toEqual([
      ["up", null, "", 3, '["web"]'],
      ["web", "healthy", "[]"],
    ]);
  });
});
