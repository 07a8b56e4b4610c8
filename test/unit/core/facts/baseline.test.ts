// What is usual at an hour of the day: the bounds of knowing it, and that bursts, rhythm, scale and single bad days do not fool it.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  type Baseline,
  DAYS_KEPT_MAX,
  DAYS_MIN,
  EMPTY_BASELINE,
  expectsSome,
  HOUR_MS,
  isUnderUsual,
  learnHour,
  usualAt,
} from "../../../../control-plane/src/core/facts/baseline.ts";

const DAY_MS = 24 * HOUR_MS;

/** One number a day at one hour of the day. */
function learned(days: readonly number[], hour = 8, before: Baseline = EMPTY_BASELINE): Baseline {
  return days.reduce(
    (baseline, value, day) => learnHour(baseline, day * DAY_MS + hour * HOUR_MS, value),
    before,
  );
}

/** Every hour of the day alike. */
function learnedAround(days: readonly number[], hour = 8): Baseline {
  return [hour - 1, hour, hour + 1].reduce(
    (baseline, around) => learned(days, around, baseline),
    EMPTY_BASELINE,
  );
}

const AT_8 = 30 * DAY_MS + 8 * HOUR_MS + HOUR_MS / 2;

describe("what is usual is known", () => {
  it.each([
    { days: DAYS_MIN - 1, isKnown: false },
    { days: DAYS_MIN, isKnown: true },
  ])("after $days days: $isKnown", ({ days, isKnown }) => {
    const baseline = learned(Array.from({ length: days }, () => 100));
    expect(usualAt(baseline, AT_8) !== null).toBe(isKnown);
    expect(isUnderUsual(baseline, AT_8, 1)).toBe(isKnown);
    expect(expectsSome(baseline, AT_8)).toBe(isKnown);
  });

  it("for each hour of the day by itself", () => {
    expect(usualAt(learned(Array.from({ length: 9 }, () => 100)), AT_8 + HOUR_MS)).toBeNull();
  });
});

describe("a number lies under what is usual", () => {
  const alike = Array.from({ length: 10 }, () => 100);
  // All alike: the spread is 5 % of the median's root, so the bound is (1 - 3.5 × 0.05)² = 68 % of the median.
  it.each([
    { value: 69, isUnder: false },
    { value: 68, isUnder: true },
  ])("days that were all 100, now $value: $isUnder", ({ value, isUnder }) => {
    expect(isUnderUsual(learned(alike), AT_8, value)).toBe(isUnder);
  });

  it.each([
    { value: 10, isUnder: false, why: "the third lowest of fourteen: weekends" },
    { value: 9, isUnder: true, why: "under them" },
  ])("weekends of 10 among weekdays of 100, now $value: $isUnder ($why)", ({ value, isUnder }) => {
    const week = [100, 101, 99, 100, 102, 10, 10];
    expect(isUnderUsual(learned([...week, ...week]), AT_8, value)).toBe(isUnder);
  });

  it("only if it does so beside the hours around it too: a rhythm that slides is no failure", () => {
    const quietBefore = learned([0, 0, 0, 0, 0, 0, 0], 7, learned(alike));
    expect(isUnderUsual(quietBefore, AT_8, 0)).toBe(false);
    expect(expectsSome(quietBefore, AT_8)).toBe(false);
    expect(isUnderUsual(learned(alike, 7, learned(alike)), AT_8, 0)).toBe(true);
  });

  it.each([
    { zeros: 2, isExpected: true },
    { zeros: 3, isExpected: false },
  ])("$zeros of fourteen days without any: expects some $isExpected", ({ zeros, isExpected }) => {
    const days = Array.from({ length: 14 }, (_, day) => (day < zeros ? 0 : 5));
    expect(expectsSome(learned(days), AT_8)).toBe(isExpected);
  });
});

const days = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: DAYS_MIN, maxLength: 40 });

test("a burst, or anything within what the days brought, never counts as under the usual", () => {
  fc.assert(
    fc.property(days, fc.nat(1_000_000), (history, more) => {
      const kept = history.slice(-DAYS_KEPT_MAX).toSorted((left, right) => left - right);
      const median = kept[Math.floor(kept.length / 2)] ?? 0;
      const baseline = learnedAround(history);
      expect(isUnderUsual(baseline, AT_8, median + more)).toBe(false);
      const withBurst = learnedAround([...history, median * 1_000 + more]);
      expect(isUnderUsual(withBurst, AT_8, median)).toBe(false);
    }),
  );
});

test("the answer does not change when all numbers are multiplied by one factor", () => {
  fc.assert(
    fc.property(days, fc.nat(10_000), fc.integer({ min: -6, max: 6 }), (history, value, power) => {
      // powers of 16: their roots are exact, so only the scale differs and not the rounding
      const factor = 16 ** power;
      const scaled = history.map((number) => number * factor);
      // four digits are kept, which the factor would move
      fc.pre([...history, value].every((number) => Number(number.toPrecision(4)) === number));
      fc.pre(
        scaled.every((number) => Math.abs(Number(number.toPrecision(4)) / factor - number / factor) < 1e-12),
      );
      expect(isUnderUsual(learned(scaled), AT_8, value * factor)).toBe(
        isUnderUsual(learned(history), AT_8, value),
      );
    }),
  );
});

test("fewer bad days than a fifth never hide a halt", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 14, maxLength: 14 }), (history) => {
      const withOutages = history.map((value, day) => (day % 7 === 3 ? 0 : value));
      expect(isUnderUsual(learnedAround(withOutages), AT_8, 0)).toBe(true);
      expect(expectsSome(learnedAround(withOutages), AT_8)).toBe(true);
      expect(isUnderUsual(learnedAround(withOutages), AT_8, 15)).toBe(true);
    }),
  );
});

test("memory is bounded: 24 hours of at most DAYS_KEPT_MAX numbers of four digits, however long it learns", () => {
  const value = fc.double({ min: 0, max: 1e12, noNaN: true });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1_000, maxLength: 1_500 }), (values) => {
      const baseline = values.reduce<Baseline>(
        (before, number, hour) => learnHour(before, hour * HOUR_MS, number),
        EMPTY_BASELINE,
      );
      const hours = Object.values(baseline.hours);
      expect(hours).toHaveLength(24);
      for (const numbers of hours) expect(numbers).toHaveLength(DAYS_KEPT_MAX);
      expect(JSON.stringify(baseline).length).toBeLessThan(24 * DAYS_KEPT_MAX * 14);
    }),
    { numRuns: 20 },
  );
});
