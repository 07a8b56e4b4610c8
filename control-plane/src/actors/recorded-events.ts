// The shard's recorded history: a bounded table in its own SQLite, never in D1. It is made with the first event that is kept, so a
// stranger's URL makes none. Each event that is added lets a few of the oldest go that are too many or too old: no sweep of the table.
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
/** Looked at with each event that is added: more than one, so that what is too old goes faster than anything comes. */
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

export class RecordedEvents {
  readonly #sql: CountedSql;
  #isMade = false;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  /** Adds an event. Call inside one storage step. */
  add(event: RecordedEvent, at: number): void {
    if (!this.#exists()) this.#sql.write(CREATE);
    this.#isMade = true;
    this.#sql.write("INSERT INTO recorded_events (at, event) VALUES (?, ?)", at, JSON.stringify(event));
    this.#sql.write(
      `DELETE FROM recorded_events WHERE
       sequence IN (SELECT sequence FROM recorded_events ORDER BY sequence LIMIT ${OLDEST_LOOKED_AT})
       AND (at < ? OR sequence <= (SELECT max(sequence) FROM recorded_events) - ?)`,
      at - RECORDED_EVENT_AGE_MAX_MS,
      RECORDED_EVENTS_MAX,
    );
  }

  /** A part of history, oldest first; never what is too old, even where nothing has come since to push it out. */
  read({ fromAt, toAt, after }: RecordedAsked, now: number): RecordedPart {
    if (!this.#exists()) return { rows: [], isEnd: true };
    const found = this.#sql.read<{ sequence: number; at: number; event: string }>(
      "SELECT sequence, at, event FROM recorded_events WHERE sequence > ? AND at BETWEEN ? AND ? ORDER BY sequence LIMIT ?",
      after,
      Math.max(fromAt, now - RECORDED_EVENT_AGE_MAX_MS),
      toAt,
      RECORDED_PAGE_EVENTS_MAX + 1,
    );
    const rows: RecordedRow[] = [];
    let chars = 0;
    for (const { sequence, at, event } of found.slice(0, RECORDED_PAGE_EVENTS_MAX)) {
      chars += event.length;
      if (chars > RECORDED_PAGE_CHARS_MAX && rows.length > 0) break;
      rows.push({ sequence, at, event: JSON.parse(event) as RecordedEvent });
    }
    return { rows, isEnd: rows.length === found.length };
  }

  #exists(): boolean {
    this.#isMade ||= this.#sql.hasTable("recorded_events");
    return this.#isMade;
  }
}
