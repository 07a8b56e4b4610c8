// When a host's row is written: at once for what must not be lost, seldom for what is learned again; and what its socket holds
// meanwhile is exactly the rest.
import { describe, expect, it } from "vitest";
import { namedAt, withNamed } from "@countersign/shared/values/named";
import { NO_RECORDS, recordsFrom } from "@countersign/shared/values/records";
import type { Fact } from "@countersign/shared/wire/fact";
import { isFiring } from "../../../../../control-plane/src/core/facts/fact-book.ts";
import type { HostState, ShardState } from "../../../../../control-plane/src/core/shard/host/shard-state.ts";
import {
  attachmentOf,
  hostFrom,
  LEARNED_SAVED_AFTER_MS,
  planHostRows,
  UNSAVED_BYTES_MAX,
} from "../../../../../control-plane/src/core/shard/kept/host-rows.ts";
import type { StoredHost } from "../../../../../control-plane/src/core/shard/kept/shard-stored.ts";
import { type FactBody, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../facts/fact-driver.ts";
import { driveUpHost, WEB_1 } from "../shard-driver.ts";

const GOOD = { kind: "session", startedAt: 0, class: null, detail: "" } as const satisfies FactBody;
const WORK = ["jobs", "mails"].map((counter) => ({ kind: "work", counter }) as const);

/** A shard with a host whose row and attachment are kept as the shell keeps them. */
function driveStored() {
  const shard = driveUpHost();
  shard.report({}, true);
  let row: StoredHost | undefined;
  let attached = attachmentOf(shard.host(), row);
  let writes = 0;
  const follow = (done: () => void) => {
    const before = shard.state();
    done();
    for (const written of planHostRows(before, shard.state(), { rowOf: () => row, now: shard.now() })) {
      row = JSON.parse(JSON.stringify(written)) as StoredHost;
      writes += 1;
    }
    attached = attachmentOf(shard.host(), row);
  };
  const tell = (...bodies: readonly FactBody[]) => {
    const facts = bodies.map((body): Fact => ({ ...body, at: shard.now(), service: "web" }));
    follow(() => void shard.send({ kind: "facts", hostId: WEB_1, facts }));
  };
  follow(() => void shard.report({ invocationId: "inv-9" }));
  return {
    shard,
    tell,
    follow,
    writes: () => writes,
    attachment: () => attached,
    row: () => row,
    restored(hasSocket: boolean): HostState {
      const socket =
        attached === null || !hasSocket ? null : { attached, lastSeenAt: shard.host().lastSeenAt };
      return hostFrom(row as StoredHost, socket);
    },
  };
}

/** An hour of a healthy service that tells sessions, work and latency every three minutes. */
function liveAnHour({ shard, tell, follow }: ReturnType<typeof driveStored>, hour: number): void {
  for (let minute = 0; minute < 60; minute += 3) {
    const work = WORK.map((counter) => ({ ...counter, value: hour * 60 + minute }));
    tell({ ...GOOD, startedAt: shard.now() - MINUTE_MS }, { kind: "latency", latencyMs: 12 }, ...work);
    follow(() => {
      shard.skip(3 * MINUTE_MS);
      shard.sweep();
    });
  }
}

describe("a healthy host whose rules learn", () => {
  it(`writes a row when something new is told, and then one in ${LEARNED_SAVED_AFTER_MS / HOUR_MS} hours, more or less a quarter`, () => {
    const driven = driveStored();
    liveAnHour(driven, 0);
    const begun = driven.writes();
    expect(begun).toBeLessThanOrEqual(4);
    for (let hour = 1; hour <= 24; hour += 1) liveAnHour(driven, hour);
    expect(driven.writes() - begun).toBeGreaterThanOrEqual(3);
    expect(driven.writes() - begun).toBeLessThanOrEqual(6);
  });

  it("comes back from hibernation with all that it learned", () => {
    const driven = driveStored();
    for (let hour = 0; hour < 5; hour += 1) {
      liveAnHour(driven, hour);
      expect(namedAt(driven.restored(true).services, "web")?.book).toEqual(driven.shard.service().book);
    }
    expect(driven.attachment()?.unsaved?.difference.length).toBeGreaterThan(100);
    expect(driven.attachment()?.unsaved?.difference.length).toBeLessThan(UNSAVED_BYTES_MAX);
  });

  it("comes back without its socket as its row says, and the broken hour teaches nothing", () => {
    const driven = driveStored();
    liveAnHour(driven, 0);
    const { slices } = namedAt(driven.restored(false).services, "web")!.book;
    expect(slices["success-rate-low"]).toMatchObject({ hour: { openAt: null, isWhole: false } });
    expect(slices["no-progress"]).toMatchObject([{ hour: { openAt: null } }, { hour: { openAt: null } }]);
  });

  it("is not taken for up to date by what its socket holds for another row", () => {
    const driven = driveStored();
    liveAnHour(driven, 0);
    liveAnHour(driven, 1);
    const attached = driven.attachment()!;
    const newer = { ...driven.row()!, savedAt: driven.shard.now() };
    const { slices } = namedAt(hostFrom(newer, { attached, lastSeenAt: 0 }).services, "web")!.book;
    expect(slices["success-rate-low"]).toMatchObject({ hour: { openAt: null } });
    expect(slices["success-rate-low"]).not.toEqual(driven.shard.service().book.slices["success-rate-low"]);
  });

  it("spreads its rows: of two hosts at the ends one waits 4.5 hours, the other 7.5", () => {
    const waits = ["host_00", "host_ff"].map((hostId) => waitedHours(hostId));
    expect(waits).toEqual([4.5, 7.5]);
  });
});

/** After how many hours a host's row is written for what was learned alone; looked at every quarter of an hour. */
function waitedHours(hostId: string): number {
  const driven = driveStored();
  liveAnHour(driven, 0);
  liveAnHour(driven, 1);
  const after = {
    ...driven.shard.state(),
    hosts: recordsFrom([[hostId, { ...driven.shard.host(), hostId }]]),
  };
  const before: ShardState = { ...after, hosts: NO_RECORDS };
  const row = { ...driven.row()!, hostId, savedAt: 0 };
  const quarters = Array.from({ length: 100 }, (_, index) => (index * HOUR_MS) / 4);
  const isWritten = (now: number) => planHostRows(before, after, { rowOf: () => row, now }).length > 0;
  return (quarters.find(isWritten) ?? Infinity) / HOUR_MS;
}

describe("what waits for the next row", () => {
  it(`has ${UNSAVED_BYTES_MAX} bytes of room; more is written at once`, () => {
    const driven = driveStored();
    const counters = (count: number) =>
      Array.from(
        { length: count },
        (_, index) => ({ kind: "work", counter: `c${index}`, value: 1 }) as const,
      );
    driven.tell(...counters(8));
    const withText = (chars: number, text = "x"): HostState => {
      const host = driven.shard.host();
      const service = driven.shard.service();
      const results = service.report.results.map((result) => ({ ...result, summary: text.repeat(chars) }));
      const report = { ...service.report, results };
      return { ...host, services: withNamed(host.services, "web", { ...service, restartsAt: [1], report }) };
    };
    const row = planFor(withText(0), undefined)[0]!;
    const overhead = attachmentOf(withText(1), row)!.unsaved!.difference.length - 1;
    const room = UNSAVED_BYTES_MAX - overhead;
    expect([planFor(withText(room), row).length, planFor(withText(room + 1), row).length]).toEqual([0, 1]);
    expect(planFor(withText(Math.ceil(room / 2) + 100, "–"), row)).toHaveLength(1);
  });
});

function planFor(host: HostState, row: StoredHost | undefined): readonly StoredHost[] {
  const empty: ShardState = { ...driveUpHost().state(), hosts: NO_RECORDS };
  return planHostRows(
    empty,
    { ...empty, hosts: recordsFrom([[host.hostId, host]]) },
    { rowOf: () => row, now: 0 },
  );
}

describe("a failing service", () => {
  it("writes its row while its failures count, and then only when something changes", () => {
    const driven = driveStored();
    const { shard, follow, writes } = driven;
    const before = writes();
    const fail = () => {
      follow(() => void shard.report({ status: "fail" }));
      follow(() => shard.advance(5 * SECOND_MS));
    };
    for (let count = 0; count < 4; count += 1) fail();
    expect(isFiring(shard.service().book, "check-failing")).toBe(true);
    const untilFiring = writes() - before;
    expect(untilFiring).toBeLessThanOrEqual(6);
    for (let count = 0; count < 100; count += 1) fail();
    expect(writes() - before - untilFiring).toBeLessThanOrEqual(2);
    expect(driven.restored(true)).toEqual(JSON.parse(JSON.stringify(shard.host())));
    expect(isFiring(namedAt(driven.restored(false).services, "web")!.book, "check-failing")).toBe(true);
    const settled = writes();
    follow(() => void shard.report({ status: "pass" }));
    expect(writes()).toBe(settled + 1);
  });
});

it("pressure that goes on writes a row when it begins, and none while it lasts", () => {
  const driven = driveStored();
  const pressed = { kind: "pressure", resource: "memory", someAvg10: 90, fullAvg10: 80 } as const;
  driven.tell(pressed);
  const begun = driven.writes();
  for (let minute = 0; minute < 30; minute += 1) {
    driven.follow(() => driven.shard.advance(MINUTE_MS));
    driven.tell(pressed);
  }
  expect(driven.writes()).toBeLessThanOrEqual(begun + 1);
});
