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
  return kept.with(kept.length - 1, { startAt, sums: plusEach(newest.sums, added.amounts) });
}

/** The window without the buckets that have left it; the very same value when none has. */
export function forgetOld(window: SlidingWindow, now: number, windowMs: number): SlidingWindow {
  const [oldest] = window;
  // Oldest first: when the first is still in, all are.
  if (oldest === undefined || oldest.startAt > now - windowMs) return window;
  return window.filter(({ startAt }) => startAt > now - windowMs).slice(-WINDOW_BUCKETS - 1);
}

/** The sums of what is in the window now. */
export function sumsWithin(window: SlidingWindow, now: number, windowMs: number): readonly number[] {
  // Asked with every fact, and a histogram has many sums: no iterators.
  const sums: number[] = [];
  for (const bucket of window) if (bucket.startAt > now - windowMs) addEach(sums, bucket.sums);
  return sums;
}

/** One of the sums of what is in the window now. */
export function sumWithin(
  window: SlidingWindow,
  within: { readonly now: number; readonly windowMs: number },
  index: number,
): number {
  let sum = 0;
  for (const { startAt, sums } of window) if (startAt > within.now - within.windowMs) sum += sums[index] ?? 0;
  return sum;
}

/** The sums of both, one by one; where one is shorter, the rest of the other. */
export function plusEach(left: readonly number[], right: readonly number[]): readonly number[] {
  const sums = left.slice();
  addEach(sums, right);
  return sums;
}

function addEach(sums: number[], more: readonly number[]): void {
  for (let index = 0; index < more.length; index += 1) {
    const amount = more[index] ?? 0;
    if (index < sums.length) sums[index] = (sums[index] ?? 0) + amount;
    else sums.push(amount);
  }
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
