// The network between the parts: every message takes its time, by chance; calls between our own actors may be lost on the way, lost on
// the way back (done, and nobody knows), or come twice. All by the one seeded generator.
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { SeededRandom } from "../seeded-random.ts";

const DELAY_MS = { least: 5, end: 120 };
const LONG_DELAY_MS = 4_000;
const CALL_TIMEOUT_MS = 5_000;
const FATES = ["lost", "answer-lost", "slow", "twice"] as const;

export class Network {
  /** share of the calls between our own actors that go wrong */
  badCallShare = 0;
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom;

  constructor(clock: VirtualClock, random: SeededRandom) {
    this.#clock = clock;
    this.#random = random;
  }

  delayMs(isBad: boolean): number {
    const usual = this.#random.whole(DELAY_MS.least, DELAY_MS.end);
    return isBad && this.#random.isHit(0.3) ? usual + this.#random.whole(0, LONG_DELAY_MS) : usual;
  }

  /**
   * A call from one actor of ours to another. `run` answers whether it was done; `onAnswer` hears it, or false when the caller gave up.
   * A caller that is gone by then must not listen: that is its own matter.
   */
  call(run: () => boolean, onAnswer: (isDone: boolean) => void): void {
    const isBad = this.#random.isHit(this.badCallShare);
    const fate = isBad ? this.#random.oneOf(FATES) : "well";
    const thereMs = this.delayMs(fate === "slow");
    if (fate === "lost") return void this.#clock.after(CALL_TIMEOUT_MS, () => onAnswer(false));
    if (fate === "twice") this.#clock.after(thereMs + this.delayMs(true), () => void run());
    this.#clock.after(thereMs, () => {
      const isDone = run();
      if (fate === "answer-lost") this.#clock.after(CALL_TIMEOUT_MS, () => onAnswer(false));
      else this.#clock.after(this.delayMs(false), () => onAnswer(isDone));
    });
  }
}
