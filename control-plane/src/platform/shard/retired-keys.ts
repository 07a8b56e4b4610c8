// The hosts of a shard whose keys are refused for good, in its SQLite; the marks stay.
import type { CountedSql } from "../counted-sql.ts";

const CREATE = "CREATE TABLE retired (host_id TEXT PRIMARY KEY) WITHOUT ROWID";

export class RetiredKeys {
  readonly #sql: CountedSql;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  has(hostId: string): boolean {
    return this.#sql.read("SELECT 1 FROM retired WHERE host_id = ?", hostId).length > 0;
  }

  /** Puts a mark in the place of a host's row; call inside the storage step that takes it. */
  add(hostId: string): void {
    this.#sql.write("INSERT OR IGNORE INTO retired (host_id) VALUES (?)", hostId);
    this.#sql.write("DELETE FROM hosts WHERE host_id = ?", hostId);
  }
}
