// The keys of signals that were taken: shards tell each at least once, and a key that comes again is dropped. Signals are repeated within
// seconds; their keys are kept far longer than any repeat, and then forgotten from the front.
import type { Found, Rows } from "../ports.ts";
import type { DeskRecords } from "./desk-ports.ts";

/** How long a key is kept. */
export const SIGNAL_KEY_TTL_MS = 7 * 24 * 3_600_000;

/** Keys that are forgotten in one go. */
export const KEYS_FORGOTTEN_MAX = 1_000;

export class TakenSignals {
  readonly #rows: Rows<DeskRecords>;
  /** null: not looked up in this life */
  #last: number | null = null;

  constructor(rows: Rows<DeskRecords>) {
    this.#rows = rows;
  }

  has(key: string): boolean {
    return this.#rows.get("signal-number", key) !== null;
  }

  /** Call inside the storage step that takes it in. */
  take(key: string, now: number): void {
    if (this.has(key)) return;
    this.#last ??= Number(this.#rows.list("signal-taken", { limit: 1, isNewestFirst: true })[0]?.id ?? 0);
    this.#last += 1;
    this.#rows.put("signal-taken", this.#last, { key, at: now });
    this.#rows.put("signal-number", key, this.#last);
  }

  /** Forgets some of the oldest keys, where they are too old. */
  forget(now: number): void {
    const isOver = (found: Found<{ readonly at: number }>) =>
      !found.isReadable || found.record.at < now - SIGNAL_KEY_TTL_MS;
    const [oldest] = this.#rows.list("signal-taken", { limit: 1 });
    if (oldest === undefined || !isOver(oldest)) return;
    this.#rows.atomically(() => {
      for (const found of this.#rows.list("signal-taken", { limit: KEYS_FORGOTTEN_MAX })) {
        if (!isOver(found)) return;
        if (found.isReadable) this.#rows.drop("signal-number", found.record.key);
        this.#rows.drop("signal-taken", found.id);
      }
    });
  }
}
