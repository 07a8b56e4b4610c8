// The one alarm of an actor on a virtual clock: gone before its handler runs. While nothing runs (a deploy, a crash) it does not ring, and rings
// late afterwards.
import type { Alarm } from "../../src/shell/ports.ts";
import type { VirtualClock } from "../world/virtual-clock.ts";

export class VirtualAlarm implements Alarm {
  readonly #clock: VirtualClock;
  readonly #ring: (scheduledAt: number) => void;
  #armedAt: number | null = null;
  #cancel: () => void = () => {};
  #isPaused = false;

  constructor(clock: VirtualClock, ring: (scheduledAt: number) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  get armedAt(): number | null {
    return this.#armedAt;
  }

  set(at: number): void {
    this.#armedAt = at;
    if (!this.#isPaused) this.#schedule(at);
  }

  /** Nothing runs: it does not ring before `resume`. */
  pause(): void {
    this.#isPaused = true;
    this.#cancel();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#armedAt !== null) this.#schedule(this.#armedAt);
  }

  #schedule(at: number): void {
    this.#cancel();
    this.#cancel = this.#clock.at(at, () => {
      this.#armedAt = null;
      this.#ring(at);
    });
  }
}
