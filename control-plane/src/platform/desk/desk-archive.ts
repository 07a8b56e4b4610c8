// What left the desk's live state, in the order in which it left: a numbered list over the documents, so that what is oldest and how many
// there are is known without looking at them all. An incident goes with its approvals and pages. What is live is in no danger: a document
// that came back to life since is left alone, and has a later number when it leaves again.
import { ARCHIVED_RECORDS_MAX } from "@countersign/shared/values/limits";
import type { CountedSql } from "../counted-sql.ts";

const CREATE = `CREATE TABLE archive (
  number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, archived_at INTEGER NOT NULL
)`;
/** Records that leave in one go: one bounded piece of work. */
const CUT_MAX = 20;

interface Archived {
  readonly number: number;
  readonly kind: string;
  readonly id: string;
  readonly archivedAt: number;
}

export class DeskArchive {
  readonly #sql: CountedSql;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Notes what leaves the live state; call inside the storage step in which it does. */
  add(kind: string, id: string, now: number): void {
    this.#sql.write(
      "INSERT INTO archive (number, kind, id, archived_at) VALUES ((SELECT coalesce(max(number), 0) FROM archive) + 1, ?, ?, ?)",
      kind,
      id,
      now,
    );
  }

  /** Forgets some of the oldest records that are too old or too many; nothing is written when none is. Call inside one storage step. */
  cut({ now, keptForMs }: { readonly now: number; readonly keptForMs: number }): void {
    const newest = this.#sql.read<{ number: number | null }>("SELECT max(number) AS number FROM archive")[0]
      ?.number;
    const isDue = ({ number, archivedAt }: Archived) =>
      archivedAt < now - keptForMs || number <= (newest ?? 0) - ARCHIVED_RECORDS_MAX;
    const oldest = this.#sql.read<Archived>(
      "SELECT number, kind, id, archived_at AS archivedAt FROM archive ORDER BY number LIMIT ?",
      CUT_MAX,
    );
    for (const record of oldest) {
      if (!isDue(record)) return;
      this.#forget(record);
    }
  }

  #forget({ number, kind, id, archivedAt }: Archived): void {
    this.#sql.write(
      "DELETE FROM documents WHERE kind = ? AND id = ? AND is_live = 0 AND changed_at <= ?",
      kind,
      id,
      archivedAt,
    );
    if (kind === "incident")
      this.#sql.write("DELETE FROM documents WHERE incident_id = ? AND is_live = 0", id);
    this.#sql.write("DELETE FROM archive WHERE number = ?", number);
  }
}
