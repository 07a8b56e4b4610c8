// The histogram of latencies: bounded at both ends, and a median that is off by a bin at most.
import fc from "fast-check";
import { expect, it, test } from "vitest";
import {
  LATENCY_BINS,
  latencyAmounts,
  medianLatencyOf,
  samplesIn,
} from "../../../../control-plane/src/core/facts/latency-histogram.ts";

function countsOf(latencies: readonly number[]): readonly number[] {
  const none = Array.from({ length: LATENCY_BINS }, () => 0);
  return latencies.reduce<readonly number[]>((counts, latencyMs) => {
    const amounts = latencyAmounts(latencyMs);
    return counts.map((count, bin) => count + (amounts[bin] ?? 0));
  }, none);
}

it.each([
  { latencyMs: 0, bin: 0 },
  { latencyMs: 1, bin: 0 },
  { latencyMs: 1.01, bin: 1 },
  { latencyMs: 2, bin: 4 },
  { latencyMs: 2 ** 19.75, bin: LATENCY_BINS - 2 },
  { latencyMs: 2 ** 20, bin: LATENCY_BINS - 1 },
  { latencyMs: Number.MAX_VALUE, bin: LATENCY_BINS - 1 },
])("$latencyMs ms falls into bin $bin", ({ latencyMs, bin }) => {
  const amounts = latencyAmounts(latencyMs);
  expect(amounts).toHaveLength(bin + 1);
  expect(amounts.indexOf(1)).toBe(bin);
  expect(samplesIn(amounts)).toBe(1);
});

it("has no median without samples", () => {
  expect(medianLatencyOf(countsOf([]))).toBeNull();
});

test("the median is within one bin of the true one", () => {
  const latency = fc.double({ min: 1, max: 600_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1, maxLength: 200 }), (latencies) => {
      const sorted = latencies.toSorted((left, right) => left - right);
      const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
      const median = medianLatencyOf(countsOf(latencies)) ?? 0;
      expect(median / lower).toBeLessThan(2 ** 0.25 * 1.001);
      expect(lower / median).toBeLessThan(2 ** 0.25 * 1.001);
    }),
  );
});
