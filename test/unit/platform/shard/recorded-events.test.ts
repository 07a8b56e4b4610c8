// The bounds of recorded history, on a real SQLite: by count, by age, by the size of one answer.
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { describe, expect, it } from "vitest";
import {
  RECORDED_EVENT_AGE_MAX_MS,
  RECORDED_EVENTS_MAX,
  RECORDED_EVENTS_PER_HOST_MAX,
  RECORDED_PAGE_CHARS_MAX,
  RECORDED_PAGE_EVENTS_MAX,
} from "@countersign/shared/values/limits";
import { MemoryRows } from "../../../../control-plane/replay/ports/memory-rows.ts";
import type { RecordedEvent } from "../../../../control-plane/src/core/shard/kept/recording.ts";
import { CountedSql } from "../../../../control-plane/src/platform/counted-sql.ts";
import {
  HELD_MAX_MS,
  RecordedEvents,
  SHARED_EVENTS_PER_HOUR_MAX,
} from "../../../../control-plane/src/platform/shard/recorded-events.ts";
import { PutAside } from "../../../../control-plane/src/shell/put-aside.ts";

const NOW = 1_800_000_000_000;

function history() {
  const database = new DatabaseSync(":memory:");
  const exec = (statement: string, ...bindings: readonly SQLInputValue[]) => {
    const rows = database.prepare(statement).all(...bindings);
    return { toArray: () => rows, rowsWritten: 0 };
  };
  const storage = { sql: { exec }, transactionSync: (write: () => void) => write() };
  const reopened = () => {
    const sql = new CountedSql(storage);
    return new RecordedEvents(sql, new PutAside(new MemoryRows()));
  };
  const events = reopened();
  events.create();
  return { database, events, reopened };
}

/** Keeps an event that made the shard write a row anyway. */
function add(events: RecordedEvents, event: RecordedEvent, at: number): void {
  events.keep(event, { at, isFelt: true, isSweep: false });
  events.settle();
}

const leaving = (reason = "") =>
  ({ kind: "leaving", hostId: "host_a", reason, returnWithinMs: 60_000 }) as const;
const all = { fromAt: 0, toAt: NOW * 2, after: 0 };

describe("recorded history", () => {
  it("hands out what was kept in order", () => {
    const { events } = history();
    expect(events.read(all, NOW)).toEqual({ rows: [], isEnd: true });
    add(events, leaving("a"), NOW);
    add(events, leaving("b"), NOW + 1);
    expect(events.read({ ...all, toAt: NOW }, NOW).rows).toEqual([
      { sequence: 1, at: NOW, event: leaving("a") },
    ]);
    expect(events.read({ ...all, after: 1 }, NOW).rows.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it(`keeps ${RECORDED_EVENTS_MAX} events; one more lets the oldest go`, () => {
    const { database, events, reopened } = history();
    const count = () => database.prepare("SELECT count(*) AS count FROM recorded_history").get()?.["count"];
    add(events, leaving(), NOW);
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${RECORDED_EVENTS_MAX - 1})
      INSERT INTO recorded_history SELECT i, ${NOW}, ${NOW}, NULL, 1, '[[0,{"kind":"leaving"}]]' FROM n`);
    const again = reopened();
    add(again, leaving(), NOW);
    expect([count(), again.read(all, NOW).rows[0]?.sequence]).toEqual([RECORDED_EVENTS_MAX, 1]);
    add(again, leaving(), NOW);
    expect([count(), again.read({ ...all, after: 0 }, NOW).rows[0]?.sequence]).not.toEqual([
      RECORDED_EVENTS_MAX,
      1,
    ]);
    expect(count()).toBe(RECORDED_EVENTS_MAX);
  });

  it("keeps an event until it is too old, and then neither stores nor tells it", () => {
    const { database, events } = history();
    add(events, leaving("old"), NOW);
    expect(events.read(all, NOW + RECORDED_EVENT_AGE_MAX_MS).rows).toHaveLength(1);
    expect(events.read(all, NOW + RECORDED_EVENT_AGE_MAX_MS + 1).rows).toHaveLength(0);
    add(events, leaving("edge"), NOW + RECORDED_EVENT_AGE_MAX_MS);
    add(events, leaving("new"), NOW + RECORDED_EVENT_AGE_MAX_MS + 1);
    expect(database.prepare("SELECT sequence FROM recorded_history").all()).toEqual([
      { sequence: 2 },
      { sequence: 3 },
    ]);
  });

  it("hands out at most so many events at once, and so much text, but always one", () => {
    const { events } = history();
    for (let index = 0; index <= RECORDED_PAGE_EVENTS_MAX; index += 1) add(events, leaving(), NOW);
    const first = events.read(all, NOW);
    expect([first.rows.length, first.isEnd]).toEqual([RECORDED_PAGE_EVENTS_MAX, false]);
    const rest = events.read({ ...all, after: RECORDED_PAGE_EVENTS_MAX }, NOW);
    expect([rest.rows.length, rest.isEnd]).toEqual([1, true]);
    const large = history().events;
    add(large, leaving("x".repeat(RECORDED_PAGE_CHARS_MAX)), NOW);
    add(large, leaving(), NOW);
    expect(large.read(all, NOW)).toMatchObject({ rows: [{ sequence: 1 }], isEnd: false });
    expect(large.read({ ...all, after: 1 }, NOW)).toMatchObject({ rows: [{ sequence: 2 }], isEnd: true });
  });
});

describe("what changed nothing that is stored", () => {
  const rowsOf = (database: DatabaseSync) =>
    Number(database.prepare("SELECT count(*) AS count FROM recorded_history").get()?.["count"]);
  const waits = (events: RecordedEvents, event: RecordedEvent | null, at: number, isSweep = false) => {
    events.keep(event, { at, isFelt: false, isSweep });
    events.settle();
  };

  it("waits, and goes into one row with what did; each event keeps its instant and number", () => {
    const { database, events } = history();
    waits(events, leaving("a"), NOW);
    waits(events, leaving("b"), NOW + 1);
    expect(events.read(all, NOW + 1).rows).toEqual([]);
    add(events, leaving("c"), NOW + 2);
    expect(rowsOf(database)).toBe(1);
    expect(events.read(all, NOW + 2).rows).toEqual([
      { sequence: 1, at: NOW, event: leaving("a") },
      { sequence: 2, at: NOW + 1, event: leaving("b") },
      { sequence: 3, at: NOW + 2, event: leaving("c") },
    ]);
    expect(events.read({ ...all, fromAt: NOW + 1, toAt: NOW + 1 }, NOW + 2)).toMatchObject({
      rows: [{ sequence: 2 }],
      isEnd: true,
    });
    expect(events.read({ ...all, after: 3 }, NOW + 2).rows).toEqual([]);
  });

  it("goes with a sweep once it has waited long enough, and not before", () => {
    const { events } = history();
    waits(events, leaving("a"), NOW);
    waits(events, null, NOW + HELD_MAX_MS - 1, true);
    expect(events.read(all, NOW).rows).toEqual([]);
    waits(events, leaving("b"), NOW + HELD_MAX_MS);
    expect(events.read(all, NOW).rows).toEqual([]);
    waits(events, null, NOW + HELD_MAX_MS, true);
    expect(events.read(all, NOW).rows).toHaveLength(2);
    waits(events, null, NOW + 10 * HELD_MAX_MS, true);
    expect(events.read(all, NOW).rows).toHaveLength(2);
  });

  it("does not wait when there is much of it", () => {
    const { database, events } = history();
    waits(events, leaving("x".repeat(64 * 1024)), NOW);
    expect(rowsOf(database)).toBe(1);
  });

  it("still waits when the storage step of another event failed", () => {
    const { events } = history();
    waits(events, leaving("a"), NOW);
    events.keep(leaving("undone"), { at: NOW, isFelt: false, isSweep: false });
    add(events, leaving("b"), NOW);
    expect(events.read(all, NOW).rows.map(({ event }) => event)).toEqual([leaving("a"), leaving("b")]);
  });
});

describe("a host with much to tell", () => {
  const of = (hostId: string, reason = "") => ({ ...leaving(reason), hostId });
  const hostsOf = (events: RecordedEvents) => {
    const counts = new Map<string, number>();
    for (let after = 0; ;) {
      const part = events.read({ ...all, after }, NOW);
      for (const { event } of part.rows)
        if ("hostId" in event) counts.set(event.hostId, (counts.get(event.hostId) ?? 0) + 1);
      if (part.isEnd) return counts;
      after = part.rows.at(-1)?.sequence ?? Number.NaN;
    }
  };

  it("pushes out its own history and nobody else's, however much it tells", () => {
    const { database, events, reopened } = history();
    add(events, of("host_quiet"), NOW);
    const countMax = RECORDED_EVENTS_MAX - 100;
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${countMax})
      INSERT INTO recorded_history SELECT i, ${NOW}, ${NOW},
      CASE WHEN i <= ${RECORDED_EVENTS_PER_HOST_MAX} THEN 'host_loud' ELSE 'host_' || (i % 40) END, 1,
      '[[${NOW},{"kind":"leaving","hostId":"host_seeded"}]]' FROM n`);
    const again = reopened();
    const count = SHARED_EVENTS_PER_HOUR_MAX + 300;
    for (let index = 0; index < count; index += 1) add(again, of("host_loud", `${index}`), NOW);
    expect(hostsOf(again).get("host_loud")).toBe(count);
    const loud = database
      .prepare("SELECT sum(count) AS sum FROM recorded_history WHERE host_id = 'host_loud'")
      .get();
    expect(loud?.["sum"]).toBe(RECORDED_EVENTS_PER_HOST_MAX);
    expect(hostsOf(again).get("host_quiet")).toBe(1);
  });

  it("does so too where its events wait, and with our memory lost in between", () => {
    const { events, reopened } = history();
    add(events, of("host_quiet"), NOW);
    const wait = (into: RecordedEvents, count: number) => {
      for (let index = 0; index < count; index += 1) {
        into.keep(of("host_loud"), { at: NOW, isFelt: false, isSweep: false });
        into.settle();
        if (index % 50 === 0) add(into, of("host_other"), NOW);
      }
    };
    wait(events, RECORDED_EVENTS_PER_HOST_MAX);
    const again = reopened();
    wait(again, RECORDED_EVENTS_PER_HOST_MAX);
    add(again, of("host_other"), NOW);
    const counts = hostsOf(again);
    expect(counts.get("host_quiet")).toBe(1);
    expect(counts.get("host_loud")).toBeLessThanOrEqual(
      RECORDED_EVENTS_PER_HOST_MAX + 2 * SHARED_EVENTS_PER_HOUR_MAX + 50,
    );
  });

  it("has rows of its own beside those of others, and a window of time finds the events of both", () => {
    const { events } = history();
    for (let index = 0; index <= SHARED_EVENTS_PER_HOUR_MAX; index += 1) add(events, of("host_loud"), NOW);
    const held = (hostId: string, at: number) => {
      events.keep(of(hostId), { at, isFelt: false, isSweep: false });
      events.settle();
    };
    held("host_loud", NOW + 1);
    held("host_b", NOW + 2);
    held("host_loud", NOW + 3);
    add(events, of("host_b"), NOW + 4);
    const found = (toAt: number) =>
      events
        .read({ fromAt: NOW + 1, toAt, after: 0 }, NOW + 4)
        .rows.map(({ at }) => at - NOW)
        .toSorted((left, right) => left - right);
    expect([found(NOW + 1), found(NOW + 2), found(NOW + 4)]).toEqual([[1], [1, 2], [1, 2, 3, 4]]);
  });
});
