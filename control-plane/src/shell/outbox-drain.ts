// The rhythm of one outbox: one delivery at a time, at once when something is new, and after a failure again with growing pauses. Who
// calls it owns the rows and the alarm. Failures are remembered, not thrown: the rows stay, and the alarm brings us back.
import type { Answered, Clock } from "./ports.ts";

const RETRY_FIRST_MS = 1_000;

/** Delivers one batch; the answer says whether there was one, and comes when its rows are gone. */
export type DeliverBatch = (answered: Answered<"empty" | "delivered">) => void;

export class OutboxDrain {
  readonly #clock: Clock;
  readonly #retryMaxMs: number;
  readonly #deliverBatch: DeliverBatch;
  readonly #onRest: (retryAt: number | null) => void;
  #isRunning = false;
  #isWanted = false;
  #failures = 0;
  /** when to try again after a failure; 0: it is not known whether one did in an earlier life. null: nothing failed */
  #retryAt: number | null = 0;

  /**
   * `retryMaxMs` bounds the growing pause: what a page waits for needs a short one. `onRest` hears each time that nothing is on its way any
   * more, and when to come back, null: nothing failed.
   */
  constructor(parts: {
    readonly clock: Clock;
    readonly retryMaxMs: number;
    readonly deliverBatch: DeliverBatch;
    readonly onRest: (retryAt: number | null) => void;
  }) {
    this.#clock = parts.clock;
    this.#retryMaxMs = parts.retryMaxMs;
    this.#deliverBatch = parts.deliverBatch;
    this.#onRest = parts.onRest;
  }

  /** Delivers all that waits, unless a failure's pause is not over. */
  drain(): void {
    if (this.#retryAt !== null && this.#retryAt > this.#clock.now) return;
    this.#isWanted = true;
    if (!this.#isRunning) this.#next();
  }

  /** Delivers what waits because a delivery failed, or may have in an earlier life, if its pause is over; else the instant at which it is. null: nothing is to be awaited. */
  retry(): number | null {
    const retryAt = this.#retryAt;
    if (retryAt !== null && retryAt > this.#clock.now) return retryAt;
    if (retryAt !== null) this.drain();
    return null;
  }

  // Rows that were queued after the last look are looked for again.
  #next(): void {
    this.#isRunning = true;
    this.#isWanted = false;
    let isAnswered = false;
    const answered: Answered<"empty" | "delivered"> = (answer) => {
      isAnswered = true;
      if (!answer.ok) return this.#failed();
      if (answer.value === "delivered" || this.#isWanted) return this.#next();
      this.#failures = 0;
      this.#rest(null);
    };
    try {
      this.#deliverBatch(answered);
    } catch (error) {
      // What cannot be read or written now is tried again, like what cannot be told.
      if (isAnswered) throw error;
      this.#failed();
    }
  }

  #failed(): void {
    const pauseMs = Math.min(this.#retryMaxMs, RETRY_FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#rest(this.#clock.now + pauseMs);
  }

  #rest(retryAt: number | null): void {
    this.#isRunning = false;
    this.#retryAt = retryAt;
    this.#onRest(retryAt);
  }
}
