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
import { RecordedEvents } from "../../control-plane/src/actors/recorded-events.ts";

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

const leaving = (reason = "") =>
  ({ kind: "leaving", hostId: "host_a", reason, returnWithinMs: 60_000 }) as const;
const all = { fromAt: 0, toAt: NOW * 2, after: 0 };

describe("recorded history", () => {
  it("makes no table before the first event, and hands out what was kept in order", () => {
    const { database, events } = history();
    expect(events.read(all, NOW)).toEqual({ rows: [], isEnd: true });
    expect(database.prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
    events.add(leaving("a"), NOW);
    events.add(leaving("b"), NOW + 1);
    expect(events.read({ ...all, toAt: NOW }, NOW).rows).toEqual([
      { sequence: 1, at: NOW, event: leaving("a") },
    ]);
    expect(events.read({ ...all, after: 1 }, NOW).rows.map(({ sequence }) => sequence)).toEqual([2]);
  });

  it(`keeps ${RECORDED_EVENTS_MAX} events; one more lets the oldest go`, () => {
    const { database, events } = history();
    const count = () => database.prepare("SELECT count(*) AS count FROM recorded_events").get()?.["count"];
    events.add(leaving(), NOW);
    database.exec(`WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${RECORDED_EVENTS_MAX - 1})
      INSERT INTO recorded_events SELECT i, ${NOW}, '{}' FROM n`);
    events.add(leaving(), NOW);
    expect([count(), events.read(all, NOW).rows[0]?.sequence]).toEqual([RECORDED_EVENTS_MAX, 1]);
    events.add(leaving(), NOW);
    expect([count(), events.read(all, NOW).rows[0]?.sequence]).toEqual([RECORDED_EVENTS_MAX, 2]);
  });

  it("keeps an event until it is too old, and then neither stores nor tells it", () => {
    const { database, events } = history();
    events.add(leaving("old"), NOW);
    expect(events.read(all, NOW + RECORDED_EVENT_AGE_MAX_MS).rows).toHaveLength(1);
    expect(events.read(all, NOW + RECORDED_EVENT_AGE_MAX_MS + 1).rows).toHaveLength(0);
    events.add(leaving("edge"), NOW + RECORDED_EVENT_AGE_MAX_MS);
    events.add(leaving("new"), NOW + RECORDED_EVENT_AGE_MAX_MS + 1);
    expect(database.prepare("SELECT sequence FROM recorded_events").all()).toEqual([
      { sequence: 2 },
      { sequence: 3 },
    ]);
  });

  it("hands out at most so many events at once, and so much text, but always one", () => {
    const { events } = history();
    for (let index = 0; index <= RECORDED_PAGE_EVENTS_MAX; index += 1) events.add(leaving(), NOW);
    const first = events.read(all, NOW);
    expect([first.rows.length, first.isEnd]).toEqual([RECORDED_PAGE_EVENTS_MAX, false]);
    const rest = events.read({ ...all, after: RECORDED_PAGE_EVENTS_MAX }, NOW);
    expect([rest.rows.length, rest.isEnd]).toEqual([1, true]);
    const large = history().events;
    large.add(leaving("x".repeat(RECORDED_PAGE_CHARS_MAX)), NOW);
    large.add(leaving(), NOW);
    expect(large.read(all, NOW)).toMatchObject({ rows: [{ sequence: 1 }], isEnd: false });
    expect(large.read({ ...all, after: 1 }, NOW)).toMatchObject({ rows: [{ sequence: 2 }], isEnd: true });
  });
});
