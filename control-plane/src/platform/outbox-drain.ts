// The rhythm of one outbox: one delivery at a time, at once when something is new, and after a failure again with growing pauses. Who
// calls it owns the rows and the alarm. Failures are remembered, not thrown: the rows stay, and the alarm brings us back.
import { bounded } from "./bounded.ts";

const RETRY_FIRST_MS = 1_000;
const DELIVERY_TIMEOUT_MS = 10_000;

/** How one batch went: nothing was due, or it was delivered and the rows are gone. Throws when it was not. */
export type DeliverBatch = () => Promise<"empty" | "delivered">;

export class OutboxDrain {
  readonly #what: string;
  readonly #retryMaxMs: number;
  readonly #deliverBatch: DeliverBatch;
  #running: Promise<void> | null = null;
  #isWanted = false;
  #failures = 0;
  /** when to try again after a failure, epoch milliseconds; null: nothing failed */
  retryAt: number | null = null;

  /** `retryMaxMs` bounds the growing pause: what a page waits for needs a short one. */
  constructor(
    { what, retryMaxMs }: { readonly what: string; readonly retryMaxMs: number },
    deliverBatch: DeliverBatch,
  ) {
    this.#what = what;
    this.#retryMaxMs = retryMaxMs;
    this.#deliverBatch = deliverBatch;
  }

  /** Delivers all that waits, unless a failure's pause is not over; resolves when done or failed. */
  async drain(now: number): Promise<void> {
    if (this.retryAt !== null && this.retryAt > now) return;
    this.#isWanted = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#deliverWanted();
      this.#failures = 0;
      this.retryAt = null;
    } catch {
      const pauseMs = Math.min(this.#retryMaxMs, RETRY_FIRST_MS * 2 ** this.#failures);
      this.#failures += 1;
      this.retryAt = Date.now() + pauseMs;
    } finally {
      this.#running = null;
    }
  }

  /** Rows that were queued after the last look are looked for again. */
  async #deliverWanted(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false;
      while ((await bounded(this.#deliverBatch(), DELIVERY_TIMEOUT_MS, this.#what)) === "delivered");
    }
  }
}
