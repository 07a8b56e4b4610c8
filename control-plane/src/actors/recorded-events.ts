// The shard's recorded history: a bounded table in its own SQLite, never in D1. It is made with the first event that is kept, so a
// stranger's URL makes none. Events that changed nothing that is stored wait, and go into one row with the next that did, or with a sweep:
// history must not cost a row for each thing that a healthy host says. A row that is added lets a few of the oldest go: no sweep of the table.
import {
  RECORDED_EVENT_AGE_MAX_MS,
  RECORDED_EVENTS_MAX,
  RECORDED_PAGE_CHARS_MAX,
  RECORDED_PAGE_EVENTS_MAX,
} from "@countersign/shared/limits";
import type { RecordedEvent, RecordedRow } from "../core/recording.ts";
import type { CountedSql } from "./counted-sql.ts";

const CREATE = `CREATE TABLE IF NOT EXISTS recorded_events (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, event TEXT NOT NULL
)`;
/** What tells nothing new waits this long, so that a sweep, which writes an alarm anyway, writes one row for all of it. */
export const HELD_MAX_MS = 10_000;
/** What waits is written when it is as large as this. */
const HELD_CHARS_MAX = 64 * 1024;

/** Looked at with each row that is added: more than one, so that what is too old goes faster than anything comes. */
const OLDEST_LOOKED_AT = 4;

/** Which part of history is asked for; instants are the shard's, both included. */
export interface RecordedAsked {
  readonly fromAt: number;
  readonly toAt: number;
  /** the last sequence that is known already; 0: none */
  readonly after: number;
}

/** `isEnd`: nothing that was asked for comes after these. */
export interface RecordedPart {
  readonly rows: readonly RecordedRow[];
  readonly isEnd: boolean;
}

interface Held {
  readonly at: number;
  /** JSON of the event */
  readonly text: string;
}

/** What is known of an event when it is kept. */
interface Moment {
  readonly at: number;
  /** a row is written for it anyway: what waits goes with it */
  readonly isFelt: boolean;
  /** a sweep: what has waited long enough goes with it */
  readonly isSweep: boolean;
}

export class RecordedEvents {
  readonly #sql: CountedSql;
  #isMade = false;
  /** not written yet, oldest first; lost when the object is evicted meanwhile */
  #held: readonly Held[] = [];
  #heldNext: readonly Held[] = [];

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  /** Keeps an event, if there is one, and writes what is due. Call inside one storage step, and `settle` when it is done. */
  keep(event: RecordedEvent | null, { at, isFelt, isSweep }: Moment): void {
    this.#heldNext = event === null ? this.#held : [...this.#held, { at, text: JSON.stringify(event) }];
    const [oldest] = this.#heldNext;
    if (oldest === undefined) return;
    const isDue = isFelt || (isSweep && at >= oldest.at + HELD_MAX_MS);
    if (!isDue && charsOf(this.#heldNext) < HELD_CHARS_MAX) return;
    this.#write(this.#heldNext);
    this.#heldNext = [];
  }

  /** The storage step is done. */
  settle(): void {
    this.#held = this.#heldNext;
  }

  /** A part of history, oldest first; never what is too old, even where nothing has come since to push it out. */
  read({ fromAt, toAt, after }: RecordedAsked, now: number): RecordedPart {
    if (!this.#exists()) return { rows: [], isEnd: true };
    const oldestAt = Math.max(fromAt, now - RECORDED_EVENT_AGE_MAX_MS);
    const found = this.#sql.read<{ sequence: number; at: number; event: string }>(
      "SELECT sequence, at, event FROM recorded_events WHERE sequence > ? AND at >= ? ORDER BY sequence LIMIT ?",
      after,
      oldestAt,
      RECORDED_PAGE_EVENTS_MAX + 1,
    );
    const rows: RecordedRow[] = [];
    let chars = 0;
    for (const row of found) {
      const events = eventsOf(row).filter(({ at }) => at >= oldestAt && at <= toAt);
      chars += row.event.length;
      const isFull =
        rows.length + events.length > RECORDED_PAGE_EVENTS_MAX || chars > RECORDED_PAGE_CHARS_MAX;
      if (isFull && rows.length > 0) return { rows, isEnd: false };
      rows.push(...events);
      if (row.at > toAt) return { rows, isEnd: true };
    }
    return { rows, isEnd: found.length <= RECORDED_PAGE_EVENTS_MAX };
  }

  /** A row's sequence is that of its last event, and its instant that event's. */
  #write(held: readonly Held[]): void {
    const last = held.at(-1);
    if (last === undefined) return;
    if (!this.#exists()) this.#sql.write(CREATE);
    this.#isMade = true;
    const text = `[${held.map(({ at, text: event }) => `[${at},${event}]`).join(",")}]`;
    this.#sql.write(
      `INSERT INTO recorded_events (sequence, at, event)
       VALUES ((SELECT coalesce(max(sequence), 0) FROM recorded_events) + ?, ?, ?)`,
      held.length,
      last.at,
      text,
    );
    this.#sql.write(
      `DELETE FROM recorded_events WHERE
       sequence IN (SELECT sequence FROM recorded_events ORDER BY sequence LIMIT ${OLDEST_LOOKED_AT})
       AND (at < ? OR sequence <= (SELECT max(sequence) FROM recorded_events) - ?)`,
      last.at - RECORDED_EVENT_AGE_MAX_MS,
      RECORDED_EVENTS_MAX,
    );
  }

  #exists(): boolean {
    this.#isMade ||= this.#sql.hasTable("recorded_events");
    return this.#isMade;
  }
}

function charsOf(held: readonly Held[]): number {
  return held.reduce((sum, { text }) => sum + text.length, 0);
}

/** Rows of an earlier version hold one event each. */
function eventsOf(row: {
  readonly sequence: number;
  readonly at: number;
  readonly event: string;
}): readonly RecordedRow[] {
  const stored = JSON.parse(row.event) as RecordedEvent | readonly (readonly [number, RecordedEvent])[];
  if (!Array.isArray(stored)) return [{ sequence: row.sequence, at: row.at, event: stored as RecordedEvent }];
  const held = stored as readonly (readonly [number, RecordedEvent])[];
  return held.map(([at, event], index) => ({ sequence: row.sequence - held.length + 1 + index, at, event }));
}
