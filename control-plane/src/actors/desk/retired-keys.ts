// The hosts of a shard whose keys are refused for good, in its SQLite. The table is made with the first of them; the marks stay.
import type { CountedSql } from "../counted-sql.ts";

const CREATE = `CREATE TABLE IF NOT EXISTS retired (
  host_id TEXT PRIMARY KEY, retired_at INTEGER NOT NULL
) WITHOUT ROWID`;

export class RetiredKeys {
  readonly #sql: CountedSql;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  has(hostId: string): boolean {
    if (!this.#sql.hasTable("retired")) return false;
    return this.#sql.read("SELECT 1 FROM retired WHERE host_id = ?", hostId).length > 0;
  }

  /** Puts a mark in the place of a host's row; call inside the storage step that takes it. */
  add(hostId: string, now: number): void {
    this.#sql.write(CREATE);
    this.#sql.write("INSERT OR IGNORE INTO retired (host_id, retired_at) VALUES (?, ?)", hostId, now);
    this.#sql.write("DELETE FROM hosts WHERE host_id = ?", hostId);
  }
}
