// Signals that the desk has not confirmed yet. Delivered at least once; the desk drops what it has seen by the signal's key.
// What a reader would get wrong: there are two queues. What may page goes first, in its order; notes, which only people who read the
// audit ever see, go in what room is left. However many notes wait, a page waits for none of them.
import { ok } from "@countersign/shared/values/result";
import type { Signal } from "../../core/words/signal.ts";
import type { OtherRecordKind } from "../../core/words/unreadable-record.ts";
import { attempted } from "../attempted.ts";
import type { Answered, RecordId, Rows } from "../ports.ts";
import type { PutAside } from "../put-aside.ts";
import type { ShardRecords } from "./shard-ports.ts";

type Queue = "signal" | "note";

const BATCH_MAX = 100;
/** The longest pause between two attempts to reach the desk: a page may be waiting. */
export const SIGNAL_RETRY_MAX_MS = 5_000;

interface Queued {
  readonly queue: Queue;
  readonly id: RecordId;
  readonly signal: Signal;
}

export class SignalOutbox {
  readonly #rows: Rows<ShardRecords>;
  readonly #aside: PutAside<OtherRecordKind>;
  /** the number that is given next; null: not looked up in this life */
  readonly #next = { signal: null as number | null, note: null as number | null };
  /** false: nothing waits; what waited at our wake is not known */
  #mayWait = true;

  constructor(rows: Rows<ShardRecords>, aside: PutAside<OtherRecordKind>) {
    this.#rows = rows;
    this.#aside = aside;
  }

  /** Queues signals; call inside the storage step that made them true. */
  put(signals: readonly Signal[]): void {
    for (const signal of signals) {
      const queue: Queue = signal.kind === "note" ? "note" : "signal";
      const number = this.#next[queue] ?? this.#numberAfterLast(queue);
      this.#rows.put(queue, number, signal);
      this.#next[queue] = number + 1;
      this.#mayWait = true;
    }
  }

  /** false: nothing waits */
  get mayWait(): boolean {
    return this.#mayWait;
  }

  /** When the oldest one that waits was raised; one that cannot be read counts as old. null: none waits. */
  oldestAt(): number | null {
    const [oldest] = this.#rows.list("signal", { limit: 1 });
    if (oldest === undefined) return null;
    return oldest.isReadable ? oldest.record.noticedAt : 0;
  }

  /** Delivers one batch; its rows go only when the desk has stored it. */
  deliverBatch(
    deliver: (signals: readonly Signal[], answered: Answered<void>) => void,
    answered: Answered<"empty" | "delivered">,
  ): void {
    const batch = this.#mayWait ? this.#batch() : [];
    this.#mayWait = batch.length > 0;
    if (batch.length === 0) return answered(ok("empty"));
    const told = batch.map(({ signal }) => signal);
    deliver(told, (answer) => {
      if (!answer.ok) return answered(answer);
      answered(attempted(() => this.#drop(batch)));
    });
  }

  #drop(batch: readonly Queued[]): "delivered" {
    this.#rows.atomically(() => {
      for (const { queue, id } of batch) this.#rows.drop(queue, id);
    });
    return "delivered";
  }

  #batch(): readonly Queued[] {
    const signals = this.#readableOf("signal", BATCH_MAX);
    return [...signals, ...this.#readableOf("note", BATCH_MAX - signals.length)];
  }

  /** The oldest of a queue; those that cannot be read are noted to be put aside. */
  #readableOf(queue: Queue, countMax: number): readonly Queued[] {
    if (countMax === 0) return [];
    return this.#rows.list(queue, { limit: countMax }).flatMap((found): Queued[] => {
      const { id } = found;
      if (found.isReadable) return [{ queue, id, signal: found.record }];
      const { problem, text } = found;
      const remove = () => this.#rows.drop(queue, id);
      this.#aside.note({ record: { kind: "signal", id: `${queue} ${id}`, problem }, text, remove });
      return [];
    });
  }

  #numberAfterLast(queue: Queue): number {
    const [last] = this.#rows.list(queue, { limit: 1, isNewestFirst: true });
    return last === undefined ? 1 : Number(last.id) + 1;
  }
}
