// The simulation's only source of chance: sfc32, the small fast counter generator of Chris Doty-Humphrey's PractRand 0.94, seeded as
// he advises (the seed in the state, twelve rounds thrown away). The same seed gives the same run on every machine.

const WARM_UP_ROUNDS = 12;

export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `stream` gives an independent sequence of the same seed. */
  constructor(seed: number, stream = 0) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = stream | 0;
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) this.#next32();
  }

  /** A number from 0 up to and without 1. */
  fraction(): number {
    return (this.#next32() >>> 0) / 2 ** 32;
  }

  isHit(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** A whole number from `least` up to and without `end`. */
  whole(least: number, end: number): number {
    return least + Math.floor(this.fraction() * (end - least));
  }

  /** One of them; there must be one. */
  oneOf<T>(items: readonly [T, ...T[]]): T {
    return items[this.whole(0, items.length)] ?? items[0];
  }

  /** A pause in whole milliseconds whose mean is this: events that come by chance. */
  pauseMs(meanMs: number): number {
    return Math.round(-Math.log(1 - this.fraction()) * meanMs);
  }

  #next32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum;
  }
}
