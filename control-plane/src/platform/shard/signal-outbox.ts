// Signals that the desk has not confirmed yet. Delivered at least once; the desk drops what it has seen by the signal's key.
// What a reader would get wrong: there are two queues. What may page goes first, in its order; notes, which only people who read the
// audit ever see, go in what room is left. However many notes wait, a page waits for none of them.
import type { Signal } from "../../core/words/signal.ts";
import { readStored } from "../../stored/read-stored.ts";
import { SignalShape } from "../../stored/signal-shape.ts";
import type { CountedSql } from "../counted-sql.ts";
import { type PutAside, rawOf } from "../put-aside.ts";

/** In the order in which they are delivered. */
const QUEUES = ["signals", "notes"] as const;
type Queue = (typeof QUEUES)[number];

const BATCH_MAX = 100;
/** The longest pause between two attempts to reach the desk: a page may be waiting. */
export const SIGNAL_RETRY_MAX_MS = 5_000;

interface Queued {
  readonly number: number;
  readonly signal: string;
}

export class SignalOutbox {
  readonly #sql: CountedSql;

  readonly #aside: PutAside;

  constructor(sql: CountedSql, aside: PutAside) {
    this.#sql = sql;
    this.#aside = aside;
  }

  create(): void {
    for (const queue of QUEUES)
      this.#sql.write(
        `CREATE TABLE ${queue} (number INTEGER PRIMARY KEY AUTOINCREMENT, signal TEXT NOT NULL)`,
      );
  }

  /** Queues signals; call inside the storage step that made them true. */
  put(signals: readonly Signal[]): void {
    for (const signal of signals) {
      const queue: Queue = signal.kind === "note" ? "notes" : "signals";
      this.#sql.write(`INSERT INTO ${queue} (signal) VALUES (?)`, JSON.stringify(signal));
    }
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
    const signals = this.#readableOf("signals", BATCH_MAX);
    const notes = this.#readableOf("notes", BATCH_MAX - signals.length);
    if (signals.length + notes.length === 0) return "empty";
    await deliver([...signals, ...notes].map(({ signal }) => signal));
    this.#sql.atomically(() => {
      for (const { number } of signals) this.#remove("signals", number);
      for (const { number } of notes) this.#remove("notes", number);
    });
    return "delivered";
  }

  /** The oldest of a queue; those that cannot be read are noted to be put aside. */
  #readableOf(
    queue: Queue,
    countMax: number,
  ): readonly { readonly number: number; readonly signal: Signal }[] {
    if (countMax === 0) return [];
    return this.#sql
      .read<Queued>(`SELECT number, signal FROM ${queue} ORDER BY number LIMIT ?`, countMax)
      .flatMap(({ number, signal }) => {
        const read = readStored<Signal>(signal, SignalShape);
        if (read.ok) return [{ number, signal: read.value }];
        this.#aside.note({
          record: { kind: "signal", id: `${queue} ${number}`, problem: read.error.problem },
          text: rawOf(signal),
          remove: () => this.#remove(queue, number),
        });
        return [];
      });
  }

  #remove(queue: Queue, number: number): void {
    this.#sql.write(`DELETE FROM ${queue} WHERE number = ?`, number);
  }
}
