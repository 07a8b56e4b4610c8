// The shard's recorded history: a bounded table in its own SQLite, never in D1. Events that changed nothing stored wait, and go into
// one row with the next one that did, or with a sweep: history must not cost a row for each thing that a healthy host says.
// What a reader would get wrong: a host with much to tell has rows of its own, and a share that its own oldest rows make room in;
// whatever it sends, it pushes out no other host's history.
import * as z from "zod";
import {
  RECORDED_EVENT_AGE_MAX_MS,
  RECORDED_EVENTS_MAX,
  RECORDED_EVENTS_PER_HOST_MAX,
  RECORDED_PAGE_CHARS_MAX,
  RECORDED_PAGE_EVENTS_MAX,
} from "@countersign/shared/values/limits";
import type { RecordedEvent, RecordedRow } from "../../core/shard/kept/recording.ts";
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import type { PutAside } from "../../shell/put-aside.ts";
import type { History, Moment } from "../../shell/shard/shard-ports.ts";
import { Instant, readStored, Text } from "../../stored/read-stored.ts";
import type { CountedSql } from "../counted-sql.ts";
import { rawOf } from "../workerd-rows.ts";

/** `host_id` of a row that is one host's own; null: of several. Instants are of its first and its last event. */
const CREATE = `CREATE TABLE recorded_history (
  sequence INTEGER PRIMARY KEY, from_at INTEGER NOT NULL, at INTEGER NOT NULL,
  host_id TEXT, count INTEGER NOT NULL, events TEXT NOT NULL
)`;
/** What tells nothing new waits this long, so that a sweep, which writes an alarm anyway, writes one row for all of it. */
export const HELD_MAX_MS = 10_000;
/** What waits is written when it is as large as this. */
const HELD_CHARS_MAX = 64 * 1024;

/** Events of one host an hour that share rows with others'; more have rows of their own. */
export const SHARED_EVENTS_PER_HOUR_MAX = 20;
const HOUR_MS = 3_600_000;
/** Oldest rows that may go with each one that is added: more than one, so that they go faster than anything comes. */
const OLDEST_LOOKED_AT = 16;

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
  /** null: it is about no single host */
  readonly hostId: string | null;
  /** JSON of the event */
  readonly text: string;
}

/** What becomes one row: one host's own events, or (null) those of several. */
interface Together {
  readonly hostId: string | null;
  readonly held: Held[];
}

type StoredEvents = readonly (readonly [number, RecordedEvent])[];
const StoredShape = z.array(z.tuple([Instant, z.looseObject({ kind: Text })]));

export class RecordedEvents implements History {
  readonly #sql: CountedSql;
  /** not written yet, oldest first; lost when the object is evicted meanwhile */
  #held: readonly Held[] = [];
  #heldNext: readonly Held[] = [];
  /** events that are kept, by owner (null: rows of several); null: not counted since we woke, or a storage step failed */
  #counts: Map<string | null, number> | null = null;
  #isSettled = true;
  /** of each host: none of its own rows up to here is left. Only saves looking */
  readonly #droppedTo = new Map<string, number>();
  /** events of each host that went into rows of several, in the hour that began then */
  #sharedFromAt = 0;
  readonly #shared = new Map<string, number>();

  readonly #aside: PutAside<OtherRecordKind>;

  constructor(sql: CountedSql, aside: PutAside<OtherRecordKind>) {
    this.#sql = sql;
    this.#aside = aside;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Keeps an event, if there is one, and writes what is due. Call inside one storage step, and `settle` when it is done. */
  keep(event: RecordedEvent | null, { at, isFelt, isSweep }: Moment): void {
    if (!this.#isSettled) {
      this.#counts = null;
      this.#droppedTo.clear();
    }
    this.#isSettled = false;
    this.#heldNext = event === null ? this.#held : [...this.#held, heldOf(event, at)];
    const [oldest] = this.#heldNext;
    if (oldest === undefined) return;
    const isDue = isFelt || (isSweep && at >= oldest.at + HELD_MAX_MS);
    if (!isDue && charsOf(this.#heldNext) < HELD_CHARS_MAX) return;
    this.#write(this.#heldNext);
    this.#heldNext = [];
  }

  /** The storage step is done. */
  settle(): void {
    this.#isSettled = true;
    this.#held = this.#heldNext;
  }

  /** A part of history; what waits to be written is written first. */
  readNow(asked: RecordedAsked, now: number): RecordedPart {
    this.#sql.atomically(() => this.keep(null, { at: now, isFelt: true, isSweep: false }));
    this.settle();
    return this.read(asked, now);
  }

  /** A part of history, oldest first; never what is too old, even where nothing has come since to push it out. */
  read({ fromAt, toAt, after }: RecordedAsked, now: number): RecordedPart {
    const oldestAt = Math.max(fromAt, now - RECORDED_EVENT_AGE_MAX_MS);
    const found = this.#sql.read<StoredRow>(
      `SELECT sequence, events FROM recorded_history WHERE sequence > ? AND at >= ? AND from_at <= ?
       ORDER BY sequence LIMIT ?`,
      after,
      oldestAt,
      toAt,
      RECORDED_PAGE_EVENTS_MAX + 1,
    );
    const rows: RecordedRow[] = [];
    let chars = 0;
    for (const row of found) {
      const events = this.#eventsOf(row).filter(({ at }) => at >= oldestAt && at <= toAt);
      chars += row.events.length;
      const isFull =
        rows.length + events.length > RECORDED_PAGE_EVENTS_MAX || chars > RECORDED_PAGE_CHARS_MAX;
      if (isFull && rows.length > 0) return { rows, isEnd: false };
      rows.push(...events);
    }
    return { rows, isEnd: found.length <= RECORDED_PAGE_EVENTS_MAX };
  }

  #eventsOf({ events, sequence }: StoredRow): readonly RecordedRow[] {
    const read = readStored<StoredEvents>(events, StoredShape);
    if (read.ok) return eventsOf(sequence, read.value);
    this.#aside.note({
      record: { kind: "history", id: String(sequence), problem: read.error.problem },
      text: rawOf(events),
      remove: () => {
        this.#sql.write("DELETE FROM recorded_history WHERE sequence = ?", sequence);
        this.#counts = null;
      },
    });
    return [];
  }

  #write(held: readonly Held[]): void {
    for (const together of this.#together(held)) this.#writeRow(together);
  }

  /** Who has much to tell is told apart. In the order of their last events: a reader goes by these. */
  #together(held: readonly Held[]): readonly Together[] {
    const byOwner = new Map<string | null, Held[]>();
    for (const one of held) {
      const owner = this.#ownerOf(one);
      const own = byOwner.get(owner);
      if (own === undefined) byOwner.set(owner, [one]);
      else own.push(one);
    }
    return [...byOwner]
      .map(([hostId, own]) => ({ hostId, held: own }))
      .toSorted((left, right) => lastAtOf(left) - lastAtOf(right));
  }

  #ownerOf({ hostId, at }: Held): string | null {
    if (hostId === null) return null;
    if (at >= this.#sharedFromAt + HOUR_MS) {
      this.#shared.clear();
      this.#sharedFromAt = at;
    }
    const count = (this.#shared.get(hostId) ?? 0) + 1;
    this.#shared.set(hostId, count);
    return count > SHARED_EVENTS_PER_HOUR_MAX ? hostId : null;
  }

  /** A row's sequence is that of its last event. */
  #writeRow({ hostId, held }: Together): void {
    const counts = this.#countsNow();
    const lastAt = held.at(-1)?.at ?? 0;
    this.#sql.write(
      `INSERT INTO recorded_history (sequence, from_at, at, host_id, count, events)
       VALUES ((SELECT coalesce(max(sequence), 0) FROM recorded_history) + ?, ?, ?, ?, ?, ?)`,
      held.length,
      held[0]?.at ?? 0,
      lastAt,
      hostId,
      held.length,
      `[${held.map(({ at, text }) => `[${at},${text}]`).join(",")}]`,
    );
    counts.set(hostId, (counts.get(hostId) ?? 0) + held.length);
    if (hostId !== null) this.#makeRoomFor(hostId);
    this.#makeRoom(lastAt - RECORDED_EVENT_AGE_MAX_MS);
  }

  /** A host's own oldest rows go where it has more than its share. An index by host would be a row more for each that is written. */
  #makeRoomFor(hostId: string): void {
    const total = () => this.#countsNow().get(hostId) ?? 0;
    if (total() <= RECORDED_EVENTS_PER_HOST_MAX) return;
    const oldest = this.#sql.read<OldRow>(
      `SELECT sequence, at, host_id, count FROM recorded_history WHERE sequence > ? AND host_id = ?
       ORDER BY sequence LIMIT ?`,
      this.#droppedTo.get(hostId) ?? 0,
      hostId,
      OLDEST_LOOKED_AT,
    );
    this.#drop(oldest, ({ count }) => total() - count >= RECORDED_EVENTS_PER_HOST_MAX);
  }

  /** The oldest rows of all go where they are too old, or there are too many. */
  #makeRoom(oldestAt: number): void {
    const oldest = this.#sql.read<OldRow>(
      "SELECT sequence, at, host_id, count FROM recorded_history ORDER BY sequence LIMIT ?",
      OLDEST_LOOKED_AT,
    );
    const total = () => [...this.#countsNow().values()].reduce((sum, count) => sum + count, 0);
    this.#drop(oldest, ({ at, count }) => at < oldestAt || total() - count >= RECORDED_EVENTS_MAX);
  }

  #drop(oldest: readonly OldRow[], isTooMany: (row: OldRow) => boolean): void {
    const counts = this.#countsNow();
    for (const row of oldest) {
      if (!isTooMany(row)) return;
      this.#sql.write("DELETE FROM recorded_history WHERE sequence = ?", row.sequence);
      const left = (counts.get(row.host_id) ?? 0) - row.count;
      if (row.host_id !== null) this.#droppedTo.set(row.host_id, row.sequence);
      if (left > 0) counts.set(row.host_id, left);
      else counts.delete(row.host_id);
    }
  }

  #countsNow(): Map<string | null, number> {
    this.#counts ??= new Map(
      this.#sql
        .read<{ host_id: string | null; total: number }>(
          "SELECT host_id, sum(count) AS total FROM recorded_history GROUP BY host_id",
        )
        .map(({ host_id: hostId, total }) => [hostId, total]),
    );
    return this.#counts;
  }
}

interface StoredRow {
  readonly sequence: number;
  readonly events: string;
}

interface OldRow {
  readonly sequence: number;
  readonly at: number;
  readonly host_id: string | null;
  readonly count: number;
}

function heldOf(event: RecordedEvent, at: number): Held {
  return { at, hostId: "hostId" in event ? event.hostId : null, text: JSON.stringify(event) };
}

function lastAtOf({ held }: Together): number {
  return held.at(-1)?.at ?? 0;
}

function charsOf(held: readonly Held[]): number {
  return held.reduce((sum, { text }) => sum + text.length, 0);
}

function eventsOf(sequence: number, held: StoredEvents): readonly RecordedRow[] {
  return held.map(([at, event], index) => ({ sequence: sequence - held.length + 1 + index, at, event }));
}
