// The scenarios' clock: nothing happens unless it is advanced. What is scheduled for the same instant happens in the order in
// which it was scheduled, so every story runs the same way each time.

interface Scheduled {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export const START_AT = Date.UTC(2026, 10, 22, 2, 0, 0);

export class VirtualClock {
  now = START_AT;
  #scheduled: Scheduled[] = [];
  #orders = 0;

  /** Runs something later; the answer takes it back. */
  after(delayMs: number, run: () => void): () => void {
    const entry = { at: this.now + Math.max(0, delayMs), order: ++this.#orders, run };
    this.#scheduled.push(entry);
    return () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== entry);
    };
  }

  /** Runs something again and again until it answers false. */
  every(periodMs: number, run: () => boolean): void {
    this.after(periodMs, () => {
      if (run()) this.every(periodMs, run);
    });
  }

  /** Lets time pass. */
  advance(durationMs: number): void {
    const untilAt = this.now + durationMs;
    for (let next = this.#nextUntil(untilAt); next !== undefined; next = this.#nextUntil(untilAt)) {
      this.#scheduled.splice(this.#scheduled.indexOf(next), 1);
      this.now = next.at;
      next.run();
    }
    this.now = untilAt;
  }

  #nextUntil(untilAt: number): Scheduled | undefined {
    return this.#scheduled
      .filter(({ at }) => at <= untilAt)
      .reduce<Scheduled | undefined>(
        (least, entry) =>
          least === undefined || entry.at < least.at || (entry.at === least.at && entry.order < least.order)
            ? entry
            : least,
        undefined,
      );
  }
}

export function seconds(count: number): number {
  return count * 1_000;
}

export function minutes(count: number): number {
  return count * 60_000;
}
