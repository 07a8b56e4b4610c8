// Sums over a rolling window in bounded memory: twelve buckets, so the window's edge moves in steps of a twelfth of it. Pure.
// A bucket counts until its start has left the window: what is counted is never older than the window.

/** Buckets that make up one window. */
export const WINDOW_BUCKETS = 12;

export interface Bucket {
  readonly startAt: number;
  readonly sums: readonly number[];
}

/** Oldest first; at most WINDOW_BUCKETS and the open one. */
export type SlidingWindow = readonly Bucket[];

export const EMPTY_WINDOW: SlidingWindow = [];

/** Adds amounts at an instant, and forgets what has left the window. An older instant than the newest bucket counts in that one. */
export function addToWindow(
  window: SlidingWindow,
  added: { readonly at: number; readonly amounts: readonly number[] },
  windowMs: number,
): SlidingWindow {
  const newest = window.at(-1);
  const startAt = Math.max(bucketStartOf(added.at, windowMs), newest?.startAt ?? 0);
  const kept = forgetOld(window, startAt, windowMs);
  if (newest === undefined || newest.startAt < startAt) return [...kept, { startAt, sums: added.amounts }];
  const sums = added.amounts.map((amount, index) => amount + (newest.sums[index] ?? 0));
  return [...kept.slice(0, -1), { startAt, sums }];
}

/** The window without the buckets that have left it; the very same value when none has. */
export function forgetOld(window: SlidingWindow, now: number, windowMs: number): SlidingWindow {
  const kept = window.filter(({ startAt }) => startAt > now - windowMs);
  return kept.length === window.length ? window : kept.slice(-WINDOW_BUCKETS - 1);
}

/** The sums of what is in the window now. */
export function sumsWithin(window: SlidingWindow, now: number, windowMs: number): readonly number[] {
  // Asked with every fact, and a histogram has many sums: no iterators, and an array that need not grow.
  const sums = Array.from({ length: window[0]?.sums.length ?? 0 }, () => 0);
  for (const bucket of window)
    if (bucket.startAt > now - windowMs)
      for (let index = 0; index < bucket.sums.length; index += 1)
        sums[index] = (sums[index] ?? 0) + (bucket.sums[index] ?? 0);
  return sums;
}

/** When the oldest bucket leaves the window; null: it is empty. */
export function windowChangesAt(window: SlidingWindow, windowMs: number): number | null {
  const oldest = window[0];
  return oldest === undefined ? null : oldest.startAt + windowMs;
}

/** The span of the whole buckets before the open one: a twelfth shorter than the window. */
export function wholeBucketsAt(
  now: number,
  windowMs: number,
): { readonly fromAt: number; readonly untilAt: number } {
  const untilAt = bucketStartOf(now, windowMs);
  return { fromAt: untilAt - (WINDOW_BUCKETS - 1) * bucketMsOf(windowMs), untilAt };
}

function bucketStartOf(at: number, windowMs: number): number {
  return at - (at % bucketMsOf(windowMs));
}

function bucketMsOf(windowMs: number): number {
  return Math.max(1, Math.ceil(windowMs / WINDOW_BUCKETS));
}
