// How long to wait before the next connection: exponential with full jitter, so that a thousand agents that lost the same
// control plane do not come back in step (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/). Pure.

export const BACKOFF_FIRST_MS = 250;
export const BACKOFF_MAX_MS = 10_000;
/** Between tries that only a person's act can make succeed. */
export const SLOW_RETRY_MS = 60_000;
/**
 * The slow pace begins only with this try. What looks permanent often is not: a host that rebooted fast is refused as another boot
 * until the old one is late, and during a deploy old and new code answer side by side. Slow from the start would make us page.
 */
export const SLOW_FROM_ATTEMPT = 10;
/** A connection that held this long after its welcome was a good one: the next wait starts from the beginning. */
export const STEADY_AFTER_MS = 10_000;

/** `pause`: we were sent away, and stay away from the first try on. */
export type Pace = "retry" | "retry-slowly" | "pause";

/**
 * The wait in milliseconds before try number `attempt` (0 = the first after a good connection). `random` is in [0, 1).
 * The slow pace keeps at least half of its wait: it exists to be quiet.
 */
export function backoffMs(pace: Pace, attempt: number, random: number): number {
  if (pace === "pause" || (pace === "retry-slowly" && attempt >= SLOW_FROM_ATTEMPT))
    return Math.round(SLOW_RETRY_MS / 2 + (random * SLOW_RETRY_MS) / 2);
  // The exponent is bounded so that a month of failures stays a number.
  const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(random * ceilingMs);
}

/** What a server asks us to wait is heard up to this: a host must not be made silent for an hour by one header. */
export const RETRY_AFTER_MS_MAX = 60_000;

/** What `Retry-After` asks for in seconds, as milliseconds and within its bound; null: nothing, or a date, which would need a right clock. */
export function retryAfterMsOf(header: string | undefined): number | null {
  return /^[0-9]{1,9}$/.test(header ?? "") ? Math.min(RETRY_AFTER_MS_MAX, Number(header) * 1_000) : null;
}

/** The wait of a pace, and never less than what was asked for; the pace's own jitter comes on top, so that not all come back at once. */
export function waitMsOf(askedMs: number | null, paceMs: number): number {
  return askedMs === null ? paceMs : askedMs + paceMs;
}
