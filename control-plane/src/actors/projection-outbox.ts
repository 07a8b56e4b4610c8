// Rows that D1 has not confirmed yet. A newer row of the same key replaces an undelivered older one, so D1 may be down for a day and
// the outbox stays as large as what changed, not as how often.
// A revision is an instant of ours, pushed on by one where two fall together, so that a later life of the actor goes on above it without
// a row to remember it by (a clock that steps back leaves a row in D1 as it was until the next change after that span). D1 takes a row only when its revision is newer than what is there.
import { PROJECTION_BATCH_MAX, projectRows } from "../db/project.ts";
import { projectionKeyOf, type ProjectionRow } from "../db/rows.ts";
import type { CountedSql } from "./counted-sql.ts";

/** The longest pause between two attempts to reach D1. */
export const PROJECTION_RETRY_MAX_MS = 60_000;

const CREATE = `CREATE TABLE IF NOT EXISTS projections (
  key TEXT PRIMARY KEY, revision INTEGER NOT NULL, row TEXT NOT NULL
) WITHOUT ROWID`;

export class ProjectionOutbox {
  readonly #sql: CountedSql;
  #lastRevision = 0;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Queues rows; call inside the storage step that made them true. */
  put(rows: readonly ProjectionRow[], now: number): void {
    if (rows.length === 0) return;
    const revision = Math.max(now, this.#lastRevision + 1);
    this.#lastRevision = revision;
    for (const row of rows)
      this.#sql.write(
        `INSERT INTO projections (key, revision, row) VALUES (?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET revision = MAX(revision + 1, excluded.revision), row = excluded.row`,
        projectionKeyOf(row),
        revision,
        JSON.stringify(row),
      );
  }

  /** Delivers one batch. A row that changed while it was on its way stays queued. */
  async deliverBatch(database: D1Database): Promise<"empty" | "delivered"> {
    const queued = this.#sql.read<{ key: string; revision: number; row: string }>(
      "SELECT key, revision, row FROM projections LIMIT ?",
      PROJECTION_BATCH_MAX,
    );
    if (queued.length === 0) return "empty";
    await projectRows(
      database,
      queued.map(({ row, revision }) => ({ projection: JSON.parse(row) as ProjectionRow, revision })),
    );
    this.#sql.atomically(() => {
      for (const { key, revision } of queued)
        this.#sql.write("DELETE FROM projections WHERE key = ? AND revision = ?", key, revision);
    });
    return "delivered";
  }
}
