// The clock of replays and scenarios: nothing happens unless it is advanced. What is scheduled for the same instant happens in the
// order in which it was scheduled, so every run goes the same way each time; what a story says comes before what the world does by itself, in the
// order in which it is written, whenever it was scheduled.
import TinyQueue from "tinyqueue";

interface Scheduled {
  at: number;
  readonly rank: number;
  readonly order: number;
  /** null: taken back */
  run: (() => void) | null;
  /** null: it happens once */
  readonly walk: Walk | null;
}

/** The same thing at each of so many steps, as one entry that moves on. */
interface Walk {
  readonly fromAt: number;
  readonly stepMs: number;
  readonly count: number;
  /** the step that is next, from 1 */
  step: number;
}

/** What the world does by itself; lines of a story have their places as ranks, which are less. */
export const WORLD_RANK = Number.MAX_SAFE_INTEGER;
/** A look at what has become of an instant, when everything has happened. */
export const LOOK_RANK = Number.POSITIVE_INFINITY;

export const START_AT = Date.UTC(2026, 10, 22, 2, 0, 0);

export class VirtualClock {
  now: number;
  readonly #queue = new TinyQueue<Scheduled>([], compare);
  #orders = 0;

  constructor(startAt = START_AT) {
    this.now = startAt;
  }

  /** Runs something later; the answer takes it back. */
  after(delayMs: number, run: () => void, rank = WORLD_RANK): () => void {
    return this.at(this.now + Math.max(0, delayMs), run, rank);
  }

  /** Runs something at an instant, which may not lie in the past; the answer takes it back. */
  at(at: number, run: () => void, rank = WORLD_RANK): () => void {
    const entry: Scheduled = { at: Math.max(at, this.now), rank, order: ++this.#orders, run, walk: null };
    this.#queue.push(entry);
    return () => {
      entry.run = null;
    };
  }

  /** Runs something at each of the next `count` steps, as if all had been scheduled now one after the other. */
  walk(
    steps: { readonly stepMs: number; readonly count: number; readonly rank?: number },
    run: (step: number) => void,
  ): void {
    const { stepMs, count, rank = WORLD_RANK } = steps;
    if (count < 1) return;
    const walk: Walk = { fromAt: this.now, stepMs, count, step: 1 };
    const at = this.now + stepMs;
    this.#queue.push({ at, rank, order: ++this.#orders, run: () => run(walk.step++), walk });
  }

  /** The instant of what is scheduled next, which may have been taken back; null: nothing is. */
  get nextAt(): number | null {
    return this.#queue.peek()?.at ?? null;
  }

  /** Lets time pass. */
  advance(durationMs: number): void {
    this.advanceTo(this.now + durationMs);
  }

  /** Lets time pass up to and including an instant. */
  advanceTo(untilAt: number): void {
    while (this.runNext(untilAt));
    this.now = untilAt;
  }

  /** Runs the one thing that is scheduled next, up to and including an instant; false: nothing is. */
  runNext(untilAt: number): boolean {
    const next = this.#queue.peek();
    if (next === undefined || next.at > untilAt) return false;
    const { at, run, walk } = next;
    this.#queue.pop();
    if (walk !== null && walk.step < walk.count) {
      next.at = walk.fromAt + (walk.step + 1) * walk.stepMs;
      this.#queue.push(next);
    }
    if (run === null) return true;
    this.now = at;
    run();
    return true;
  }
}

function compare(one: Scheduled, other: Scheduled): number {
  if (one.at !== other.at) return one.at - other.at;
  return one.rank === other.rank ? one.order - other.order : one.rank - other.rank;
}

export function seconds(count: number): number {
  return count * 1_000;
}

export function minutes(count: number): number {
  return count * 60_000;
}
