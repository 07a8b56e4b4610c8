// How fakes of providers count what they are sent: at most so many within a sliding window of virtual time.
import type { ProviderClock } from "./provider.ts";

/** So much is taken within each stretch of so many milliseconds. */
export interface RateLimit {
  readonly max: number;
  readonly perMs: number;
}

/** Takes one more; null: it is taken, else the milliseconds until the next one will be. */
export function rateWindow(clock: ProviderClock, { max, perMs }: RateLimit): () => number | null {
  const taken: number[] = [];
  return () => {
    while (taken[0] !== undefined && taken[0] <= clock.now - perMs) taken.shift();
    const oldest = taken[0];
    if (taken.length >= max && oldest !== undefined) return oldest + perMs - clock.now;
    taken.push(clock.now);
    return null;
  };
}
