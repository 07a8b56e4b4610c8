// The clock of replays and scenarios: nothing happens unless it is advanced. What is scheduled for the same instant happens in the
// order in which it was scheduled, so every run goes the same way each time. A binary heap: a replay schedules millions of times.

interface Scheduled {
  readonly at: number;
  readonly order: number;
  /** null: taken back */
  run: (() => void) | null;
}

export const START_AT = Date.UTC(2026, 10, 22, 2, 0, 0);

export class VirtualClock {
  now: number;
  readonly #heap: Scheduled[] = [];
  #orders = 0;

  constructor(startAt = START_AT) {
    this.now = startAt;
  }

  /** Runs something later; the answer takes it back. */
  after(delayMs: number, run: () => void): () => void {
    return this.at(this.now + Math.max(0, delayMs), run);
  }

  /** Runs something at an instant, which may not lie in the past; the answer takes it back. */
  at(at: number, run: () => void): () => void {
    const entry: Scheduled = { at: Math.max(at, this.now), order: ++this.#orders, run };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return () => {
      entry.run = null;
    };
  }

  /** Lets time pass. */
  advance(durationMs: number): void {
    this.advanceTo(this.now + durationMs);
  }

  /** Lets time pass up to and including an instant. */
  advanceTo(untilAt: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= untilAt; next = this.#heap[0]) {
      this.#removeFirst();
      if (next.run === null) continue;
      this.now = next.at;
      next.run();
    }
    this.now = untilAt;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      let least = index;
      if (this.#isBefore(left, least)) least = left;
      if (this.#isBefore(left + 1, least)) least = left + 1;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #isBefore(left: number, right: number): boolean {
    const one = this.#heap[left];
    const other = this.#heap[right];
    if (one === undefined || other === undefined) return false;
    return one.at < other.at || (one.at === other.at && one.order < other.order);
  }

  #swap(left: number, right: number): void {
    const one = this.#heap[left];
    const other = this.#heap[right];
    if (one === undefined || other === undefined) return;
    this.#heap[left] = other;
    this.#heap[right] = one;
  }
}

export function seconds(count: number): number {
  return count * 1_000;
}

export function minutes(count: number): number {
  return count * 60_000;
}
