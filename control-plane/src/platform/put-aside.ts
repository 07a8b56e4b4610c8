// Rows of one actor that cannot be read, put aside as they were found: the raw text stays here for a person to look at, and leaves the place
// where it would stop others. Found is not yet put aside: whoever reads only notes it, and the actor's next storage step moves all that
// was noted and tells it.
import type { FoundRecord } from "../core/words/unreadable-record.ts";
import type { CountedSql } from "./counted-sql.ts";

const CREATE = `CREATE TABLE put_aside (
  number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
  problem TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (kind, id)
)`;
/** Rows that are kept; the oldest give way. */
export const PUT_ASIDE_MAX = 1_000;
/** Rows that one answer shows. */
export const PUT_ASIDE_SHOWN_MAX = 20;
/** Of one row; more is cut off. */
const TEXT_CHARS_MAX = 256 * 1024;

/** A row as it was found, with how it leaves its place. */
export interface Unread {
  readonly record: Omit<FoundRecord, "part">;
  /** raw */
  readonly text: string;
  readonly remove: () => void;
}

/** A row that was put aside. */
export interface PutAsideRow {
  readonly kind: string;
  readonly id: string;
  readonly at: number;
  readonly problem: string;
  readonly text: string;
}

export class PutAside {
  readonly #sql: CountedSql;
  readonly #noted = new Map<string, Unread>();

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Remembers a row that cannot be read, until it is put aside. */
  note(unread: Unread): void {
    const { id, kind } = unread.record;
    this.#noted.set(`${kind}/${id}`, unread);
  }

  /** What was noted and is not put aside yet. */
  get noted(): readonly Unread[] {
    return [...this.#noted.values()];
  }

  /** Moves rows here. Call inside one storage step, and `settle` when it is done. */
  move(rows: readonly Unread[], now: number): void {
    if (rows.length === 0) return;
    for (const { record, remove, text } of rows) {
      this.#sql.write(
        "INSERT OR REPLACE INTO put_aside (kind, id, at, problem, text) VALUES (?, ?, ?, ?, ?)",
        record.kind,
        record.id,
        now,
        record.problem,
        text.slice(0, TEXT_CHARS_MAX),
      );
      remove();
    }
    this.#sql.write(
      "DELETE FROM put_aside WHERE number <= (SELECT max(number) FROM put_aside) - ?",
      PUT_ASIDE_MAX,
    );
  }

  /** The storage step is done. */
  settle(rows: readonly Unread[]): void {
    for (const { record } of rows) this.#noted.delete(`${record.kind}/${record.id}`);
  }

  /** What was put aside, the newest first. */
  rows(limit: number): readonly PutAsideRow[] {
    return this.#sql.read<PutAsideRow>(
      "SELECT kind, id, at, problem, text FROM put_aside ORDER BY number DESC LIMIT ?",
      limit,
    );
  }
}

/** A column's value as text, whatever was in it. */
export function rawOf(value: unknown): string {
  return value instanceof ArrayBuffer ? new TextDecoder().decode(value) : String(value);
}
