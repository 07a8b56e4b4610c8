// What is usual for one service at an hour of the day, learned from its own past days, and whether a number lies under or over that. Pure.
// The modified z-score of B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers", ASQC Basic References in Quality
// Control, vol. 16 (1993), also https://www.itl.nist.gov/div898/handbook/eda/section3/eda35h.htm: median and MAD, bound 3.5.
// What a reader would get wrong: a number that is missing is no number. Nothing here turns it into zero, and a rule that waits for
// numbers must count their absence as failure. Formula, bounds and weaknesses: docs/baselines.md.

/** Numbers kept for one hour of the day: one a day, the newest fourteen days. */
export const DAYS_KEPT_MAX = 14;
/** Days that must be known before the usual is known: one whole week, so that a weekend is among them. */
export const DAYS_MIN = 7;
/** Modified z-scores beyond this are outliers (Iglewicz and Hoaglin's recommendation). */
export const UNUSUAL_SCORE = 3.5;
/** The spread is at least this share of the median: where most days are alike MAD is 0, and no trifle may be unusual for that. */
export const SPREAD_SHARE_MIN = 0.05;

export const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;
/** 0.6745: the 0.75 quantile of the normal distribution, which makes MAD comparable with a standard deviation. */
const MAD_TO_SIGMA = 1 / 0.6745;
const DIGITS_KEPT = 4;

/** By hour of the day in UTC (0 to 23): one non-negative number for each day, oldest first. At most 24 × DAYS_KEPT_MAX. */
export interface Baseline {
  readonly hours: Readonly<Record<number, readonly number[]>>;
}

/** Nothing is known yet. */
export const EMPTY_BASELINE: Baseline = { hours: {} };

/** Takes in the number of one finished hour, which began at `hourAt`. */
export function learnHour(baseline: Baseline, hourAt: number, value: number): Baseline {
  const hour = hourOfDay(hourAt);
  const isShort = Number.isInteger(value) && value < 10 ** DIGITS_KEPT;
  const kept = isShort ? value : Number(value.toPrecision(DIGITS_KEPT));
  const days = [...(baseline.hours[hour] ?? []), kept].slice(-DAYS_KEPT_MAX);
  return { hours: { ...baseline.hours, [hour]: days } };
}

/** The median of the days at an instant's hour of the day; null while fewer than DAYS_MIN are known (cold start). */
export function usualAt(baseline: Baseline, at: number): number | null {
  const days = baseline.hours[hourOfDay(at)] ?? [];
  return days.length < DAYS_MIN ? null : medianOf(days);
}

/** Whether enough days are known of an instant's hour of the day. */
export function isKnownAt(baseline: Baseline, at: number): boolean {
  const days = baseline.hours[hourOfDay(at)];
  return days !== undefined && days.length >= DAYS_MIN;
}

/** Whether the days of any hour are known. */
export function isTaught(baseline: Baseline): boolean {
  for (let hour = 0; hour < HOURS_A_DAY; hour += 1) if (baseline.hours[hour] !== undefined) return true;
  return false;
}

/**
 * Whether a number lies under what is usual: an outlier below, and under the lowest fifth of the days. It must be so for its own
 * hour and for each known neighbour, because a day's rhythm slides: a late job, summer time. False while nothing is known.
 */
export function isUnderUsual(baseline: Baseline, at: number, value: number): boolean {
  if (!isKnownAt(baseline, at)) return false;
  // The hour itself first: it nearly always says no.
  if (!isUnderLowFifth(baseline.hours[hourOfDay(at)] ?? [], value)) return false;
  return knownAround(baseline, at).every(
    (days) => isUnderLowFifth(days, value) && modifiedScore(days, value) < -UNUSUAL_SCORE,
  );
}

/** Whether a number lies over what is usual: the mirror of `isUnderUsual`, an outlier above, and over the highest fifth of the days. */
export function isOverUsual(baseline: Baseline, at: number, value: number): boolean {
  if (!isKnownAt(baseline, at)) return false;
  return knownAround(baseline, at).every(
    (days) => isOverHighFifth(days, value) && modifiedScore(days, value) > UNUSUAL_SCORE,
  );
}

/** Whether anything at all is expected at that hour: four days of five brought some, in that hour and its known neighbours. */
export function expectsSome(baseline: Baseline, at: number): boolean {
  if (!isKnownAt(baseline, at)) return false;
  return knownAround(baseline, at).every((days) => isUnderLowFifth(days, 0));
}

/** When the hour of an instant began. */
export function hourStartOf(at: number): number {
  return at - (at % HOUR_MS);
}

// On the square roots: counts then have the same spread whatever their size (Bartlett, 1936), and the score does not change when
// all numbers are multiplied by one factor.
function modifiedScore(days: readonly number[], value: number): number {
  const roots = days.map(Math.sqrt);
  const median = medianOf(roots);
  const mad = medianOf(roots.map((root) => Math.abs(root - median)));
  const spread = Math.max(MAD_TO_SIGMA * mad, SPREAD_SHARE_MIN * median);
  return spread === 0 ? 0 : (Math.sqrt(value) - median) / spread;
}

function knownAround(baseline: Baseline, at: number): readonly (readonly number[])[] {
  return [at - HOUR_MS, at, at + HOUR_MS].flatMap((instant) => {
    const days = baseline.hours[hourOfDay(instant)] ?? [];
    return days.length < DAYS_MIN ? [] : [days];
  });
}

function hourOfDay(at: number): number {
  const hour = Math.floor(at / HOUR_MS) % HOURS_A_DAY;
  return (hour + HOURS_A_DAY) % HOURS_A_DAY;
}

// The second lowest of seven, the third lowest of fourteen: weekends are usual once one was seen, a single bad day is not. Counted
// and not sorted, because it is asked with every fact.
function isUnderLowFifth(days: readonly number[], value: number): boolean {
  let countBelow = 0;
  for (const day of days) if (day <= value) countBelow += 1;
  return countBelow < Math.ceil(days.length / 5);
}

function isOverHighFifth(days: readonly number[], value: number): boolean {
  let countAbove = 0;
  for (const day of days) if (day >= value) countAbove += 1;
  return countAbove < Math.ceil(days.length / 5);
}

function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
