// How much a work counter grew since its last reading: each of its series by itself, then all together. Pure. A sum alone
// cannot tell work from a series that came or went, nor from one that begins anew while another stands still.
// What a reader would get wrong: a reading that failed is not one, so what grew meanwhile is told by the next that works.
import type { SeriesValues } from "./counter-reading.ts";

/** What all series say together; finite wherever their values add up to a number. */
export interface CounterWork {
  readonly value: number;
  /** null: there was no reading before */
  readonly gain: number | null;
}

/**
 * Compares two readings. A series that comes or goes is no work; a smaller value is a reset, after which all that there is
 * was done, as Prometheus' increase() takes it.
 */
export function workBetween(before: SeriesValues | null, now: SeriesValues): CounterWork {
  let value = 0;
  let gain = 0;
  for (const [series, count] of now) {
    value += count;
    const known = before?.get(series);
    if (known !== undefined) gain += count < known ? count : count - known;
  }
  return { value, gain: before === null ? null : gain };
}
