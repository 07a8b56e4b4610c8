// Signals that the desk has not confirmed yet, oldest first. Delivered at least once and in order; the desk drops what it has seen by
// the signal's key.
import type { Signal } from "../core/signal.ts";
import type { CountedSql } from "./counted-sql.ts";

const CREATE =
  "CREATE TABLE IF NOT EXISTS signals (number INTEGER PRIMARY KEY AUTOINCREMENT, signal TEXT NOT NULL)";
const BATCH_MAX = 100;
/** The longest pause between two attempts to reach the desk: a page may be waiting. */
export const SIGNAL_RETRY_MAX_MS = 5_000;

export class SignalOutbox {
  readonly #sql: CountedSql;

  constructor(sql: CountedSql) {
    this.#sql = sql;
  }

  create(): void {
    this.#sql.write(CREATE);
  }

  /** Queues signals; call inside the storage step that made them true. */
  put(signals: readonly Signal[]): void {
    for (const signal of signals)
      this.#sql.write("INSERT INTO signals (signal) VALUES (?)", JSON.stringify(signal));
  }

  /** When the oldest one that waits was raised; a row that says no instant counts as old. null: none waits. */
  oldestAt(): number | null {
    const [oldest] = this.#sql.read<{ at: number | null }>(
      `SELECT CASE WHEN json_valid(signal) THEN json_extract(signal, '$.noticedAt') END AS at
       FROM signals ORDER BY number LIMIT 1`,
    );
    return oldest === undefined ? null : (oldest.at ?? 0);
  }

  /** Delivers one batch; its rows go only when the desk has stored it. */
  async deliverBatch(deliver: (signals: readonly Signal[]) => Promise<void>): Promise<"empty" | "delivered"> {
    const queued = this.#sql.read<{ number: number; signal: string }>(
      "SELECT number, signal FROM signals ORDER BY number LIMIT ?",
      BATCH_MAX,
    );
    const last = queued.at(-1);
    if (last === undefined) return "empty";
    await deliver(queued.map(({ signal }) => JSON.parse(signal) as Signal));
    this.#sql.write("DELETE FROM signals WHERE number <= ?", last.number);
    return "delivered";
  }
}
