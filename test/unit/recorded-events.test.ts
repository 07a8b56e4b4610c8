// The bounds of recorded history, on a real SQLite: by count, by age, by the size of one answer.
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import {
  RECORDED_EVENT_AGE_MAX_MS,
  RECORDED_EVENTS_MAX,
  RECORDED_PAGE_CHARS_MAX,
  RECORDED_PAGE_EVENTS_MAX,
} from "@countersign/shared/limits";
import { describe, expect, it } from "vitest";
import { CountedSql } from "../../control-plane/src/actors/counted-sql.ts";
import { HELD_MAX_MS, RecordedEvents } from "../../control-plane/src/actors/recorded-events.ts";
import type { RecordedEvent } from "../../control-plane/src/core/recording.ts";

const NOW = 1_800_000_000_000;

function history() {
  const database = new DatabaseSync(":memory:");
  const exec = (statement: string, ...bindings: readonly SQLInputValue[]) => {
    const rows = database.prepare(statement).all(...bindings);
    return { toArray: () => rows, rowsWritten: 0 };
  };
  const storage = { sql: { exec }, transactionSync: (write: () => void) => write() };
  return { database, events: new RecordedEvents(new CountedSql(storage)) };
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
  it("makes no table before the first event, and hands out what was kept in order", () => {
    const { database, events } = history();
    expect(events.read(all, NOW)).toEqual({ rows: [], isEnd: true });
    expect(database.prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
    add(events, leaving("a"), NOW);
    add(events, leaving("b"), NOW + 1);
    expect(events.read({ ...all, toAt: NOW }, NOW).rows).toEqual([
      { sequence: 1, at: NOW, event: leaving("a") },
    ]);
    expect(events.read({ ...all, after: 1 }, NOW).rows.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it(`keeps ${RECORDED_EVENTS_MAX} events; one more lets the oldest go`, () => {
    const { database, events } = history();
    const count = () => database.prepare("SELECT count(*) AS count FROM recorded_events").get()?.["count"];
    add(events, leaving(), NOW);
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${RECORDED_EVENTS_MAX - 1})
      INSERT INTO recorded_events SELECT i, ${NOW}, '{}' FROM n`);
    add(events, leaving(), NOW);
    expect([count(), events.read(all, NOW).rows[0]?.sequence]).toEqual([RECORDED_EVENTS_MAX, 1]);
    add(events, leaving(), NOW);
    expect([count(), events.read(all, NOW).rows[0]?.sequence]).toEqual([RECORDED_EVENTS_MAX, 2]);
  });

  it("keeps an event until it is too old, and then neither stores nor tells it", () => {
    const { database, events } = history();
    add(events, leaving("old"), NOW);
    expect(events.read(all, NOW + RECORDED_EVENT_AGE_MAX_MS).rows).toHaveLength(1);
    expect(events.read(all, NOW + RECORDED_EVENT_AGE_MAX_MS + 1).rows).toHaveLength(0);
    add(events, leaving("edge"), NOW + RECORDED_EVENT_AGE_MAX_MS);
    add(events, leaving("new"), NOW + RECORDED_EVENT_AGE_MAX_MS + 1);
    expect(database.prepare("SELECT sequence FROM recorded_events").all()).toEqual([
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
    Number(database.prepare("SELECT count(*) AS count FROM recorded_events").get()?.["count"]);
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

  it("reads rows of an earlier version, which hold one event each", () => {
    const { database, events } = history();
    add(events, leaving("a"), NOW);
    database.prepare("INSERT INTO recorded_events VALUES (2, ?, ?)").run(NOW, JSON.stringify(leaving("old")));
    expect(events.read(all, NOW).rows.at(-1)).toEqual({ sequence: 2, at: NOW, event: leaving("old") });
  });
});
