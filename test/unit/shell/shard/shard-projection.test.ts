// Which rows of the read side a shard's decision changes: what differs, and what is gone; and none at all while a host is well, or silent for
// less than the page bound.
import { describe, expect, it } from "vitest";
import { NONE_NAMED } from "@countersign/shared/values/named";
import {
  knownShardRows,
  planShardProjection,
} from "../../../../control-plane/src/shell/shard/shard-projection.ts";
import {
  driveFailingService,
  type DrivenShard,
  driveShard,
  driveUpHost,
  policyWith,
  START_AT,
  WEB_1,
} from "../../core/shard/shard-driver.ts";

/** The rows of all that happens in `act`: its host and, behind it, what it says of it. */
function toldOf(shard: DrivenShard, ...acts: readonly (() => void)[]): readonly unknown[] {
  return acts.flatMap((act) => {
    const before = shard.state();
    act();
    return planShardProjection(before, shard.state(), shard.now()).flatMap(({ row, table }): unknown[] => {
      if (table === "service_changes") return [];
      if (table === "hosts") return [[row.liveness, row.sinceAt, row.condition, row.urgency, row.services]];
      return table === "services" ? [[row.service, row.status, row.names]] : [table];
    });
  });
}

/** What turned meanwhile, for the lines of 24 hours: seconds from when `act` began. */
function turnsOf(shard: DrivenShard, ...acts: readonly (() => void)[]): readonly unknown[] {
  const startAt = shard.now();
  return acts.flatMap((act) => {
    const before = shard.state();
    act();
    return planShardProjection(before, shard.state(), shard.now()).flatMap(({ row, table }) =>
      table === "service_changes"
        ? [[row.service, row.was, row.look, Math.round((row.at - startAt) / 1_000)]]
        : [],
    );
  });
}

describe("the rows of a decision", () => {
  const state = driveFailingService().state();
  const rows = (after: typeof state) =>
    planShardProjection(state, after, START_AT)
      .filter(({ table }) => table !== "service_changes")
      .map(({ table, row }) => [table, "status" in row ? row.status : null]);

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

describe("what turns", () => {
  it("is that a host is heard for the first time, and nothing of the services that are well from then on", () => {
    const shard = driveShard();
    const told = turnsOf(
      shard,
      () => shard.enrol(),
      () => shard.connect(),
      () => shard.report(),
      () => shard.advance(3_600_000),
      () => shard.report({}, true),
    );
    expect(told).toEqual([["", "no-data", "heard", 0]]);
  });

  it("is that a service fails, once, and that it is well again", () => {
    const shard = driveUpHost();
    shard.report();
    const told = turnsOf(
      shard,
      () => shard.report({ status: "fail" }),
      () => shard.report({ status: "fail" }),
      () => shard.advance(5_000),
      () => shard.report(),
    );
    expect(told).toEqual([
      ["web", "well", "failing", 0],
      ["web", "failing", "well", 5],
    ]);
  });

  it("is each restart that was seen, by anyone, also of a service that stays well", () => {
    const shard = driveUpHost();
    shard.report();
    const told = turnsOf(shard, () => shard.report({ invocationId: "inv-2" }));
    expect(told).toEqual([["web", "well", "restarted", 0]]);
  });

  it("is that a host is down, from its last sign of life on, and that it is heard again: one row for all its services", () => {
    const shard = driveUpHost();
    shard.report();
    shard.fallSilent();
    const told = turnsOf(
      shard,
      () => shard.advance(90_000),
      () => shard.connect(WEB_1, { connectionId: "con_2" }),
    );
    expect(told).toEqual([
      ["", "heard", "no-data", 0],
      ["", "no-data", "heard", 90],
    ]);
  });

  it("is nothing of a host that is late and comes back, nor of one whose socket we lost", () => {
    const shard = driveUpHost();
    shard.report();
    shard.fallSilent();
    const lost = () =>
      shard.send({ kind: "woke", blindSinceAt: shard.now() - 1_000, connectedHostIds: [] } as never);
    const told = turnsOf(
      shard,
      () => shard.advance(20_000),
      () => shard.resumePings(),
      () => shard.sweep(),
      lost,
      () => shard.connect(WEB_1, { connectionId: "con_2" }),
      () => shard.report({}, true),
    );
    expect(told).toEqual([]);
  });

  it("is that a failure ends with the service, when its host names it no more", () => {
    const state = driveFailingService().state();
    const host = { ...state.hosts.get(WEB_1)!, services: NONE_NAMED };
    const after = { ...state, hosts: state.hosts.with(WEB_1, host) };
    expect(planShardProjection(state, after, START_AT)).toContainEqual({
      table: "service_changes",
      row: {
        hostId: WEB_1,
        service: "web",
        was: "failing",
        look: "well",
        at: START_AT,
        slot: START_AT / 300_000,
      },
    });
  });

  it("begins with a service that is new to a host which was heard, and not with one that its catalogue has named", () => {
    const shard = driveUpHost();
    shard.report();
    const state = shard.state();
    const known = state.hosts.get(WEB_1)!;
    const told = (host: typeof known) =>
      planShardProjection(state, { ...state, hosts: state.hosts.with(WEB_1, host) }, START_AT).flatMap(
        ({ row, table }) => (table === "service_changes" ? [[row.service, row.was, row.look]] : []),
      );
    expect(told({ ...known, listed: ["db", "web"] })).toEqual([["db", "no-data", "well"]]);
    expect(told({ ...known, listed: [...(known.listed ?? [])] })).toEqual([]);
    expect(told({ ...known, services: NONE_NAMED })).toEqual([]);
  });

  it("is told anew of a shard that was set back: what fails, and that all else is as if it were well", () => {
    const rows = knownShardRows(driveFailingService().state(), START_AT);
    const turns = rows.flatMap(({ row, table }) =>
      table === "service_changes" ? [[row.service, row.look, row.at - START_AT]] : [],
    );
    expect(turns).toEqual([
      ["", "anew", 0],
      ["web", "failing", 1],
    ]);
  });
});

it("the row of a service holds what people call it, where that says more than its name, and keeps it without a connection", () => {
  const shard = driveShard();
  shard.enrol();
  const titlesTold = (act: () => void) => {
    const before = shard.state();
    act();
    return planShardProjection(before, shard.state(), shard.now()).flatMap(({ row, table }) =>
      table === "services" ? [row.title] : [],
    );
  };
  shard.connect();
  expect(titlesTold(() => shard.report())).toEqual(["Web"]);
  expect(titlesTold(() => shard.fallSilent())).toEqual([]);
  expect(titlesTold(() => shard.advance(90_000))).toEqual([]);
});
