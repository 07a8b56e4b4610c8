// How long requests took, as counts by size: bounded memory from which a median can be read. Pure.
// The bins grow by one factor, as in DDSketch (Masson, Rim and Lee, VLDB 2019, https://www.vldb.org/pvldb/vol12/p2195-masson.pdf):
// the error is relative, so milliseconds and minutes are told apart equally well. What a reader would get wrong: a median read from
// here is off by up to a bin, a sixth of its value; the rule asks for far more than that before it speaks.

/** Bins of one histogram: the first holds what took up to a millisecond, the last everything over 2^19.75 ms (15 minutes). */
export const LATENCY_BINS = 81;
/** Each bin ends a fifth higher than the one before. */
const BINS_A_DOUBLING = 4;

/** One sample as amounts for a window or an hour: a one in its bin, and nothing behind it. */
export function latencyAmounts(latencyMs: number): readonly number[] {
  const bin = Math.ceil(Math.log2(Math.max(1, latencyMs)) * BINS_A_DOUBLING);
  const amounts: number[] = [];
  while (amounts.length < Math.min(bin, LATENCY_BINS - 1)) amounts.push(0);
  amounts.push(1);
  return amounts;
}

/** How many samples the counts are of. */
export function samplesIn(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}

/** The median of the samples in milliseconds, by geometric interpolation within its bin; null: there is none. */
export function medianLatencyOf(counts: readonly number[]): number | null {
  const half = samplesIn(counts) / 2;
  if (half === 0) return null;
  let below = 0;
  for (let bin = 0; bin < counts.length; bin += 1) {
    const count = counts[bin] ?? 0;
    if (below + count >= half) return upperMsOf(bin - 1 + (half - below) / count);
    below += count;
  }
  return upperMsOf(counts.length - 1);
}

function upperMsOf(bin: number): number {
  return 2 ** (Math.max(0, bin) / BINS_A_DOUBLING);
}
