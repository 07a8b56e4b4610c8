// The one alarm of an actor: stored, so it outlives the object; armed only forward, as every setAlarm is a billed row; rung by the
// runtime, late when nothing ran at its time.
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";

const FLOOR_MS = 250;

export class ActorAlarm {
  /** as stored; null: none is set */
  armedAt: number | null = null;
  readonly #clock: VirtualClock;
  readonly #ring: (scheduledAt: number) => void;
  #cancel: () => void = () => {};
  #isPaused = false;

  constructor(clock: VirtualClock, ring: (scheduledAt: number) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Makes sure that it rings at this instant or before; null asks for nothing. */
  arm(at: number | null): void {
    if (at === null) return;
    const dueAt = Math.max(at, this.#clock.now + FLOOR_MS);
    if (this.armedAt !== null && this.armedAt <= dueAt) return;
    this.armedAt = dueAt;
    if (!this.#isPaused) this.#schedule();
  }

  /** Nothing runs: it does not ring before `resume`. */
  pause(): void {
    this.#isPaused = true;
    this.#cancel();
  }

  resume(): void {
    this.#isPaused = false;
    this.#schedule();
  }

  #schedule(): void {
    this.#cancel();
    const { armedAt } = this;
    if (armedAt === null) return;
    this.#cancel = this.#clock.at(armedAt, () => {
      this.armedAt = null;
      this.#ring(armedAt);
    });
  }
}
