// Decides whether the keepalive may be sent. Pure. It is earned: a process that is alive with a stuck check loop falls silent
// on purpose, so that the control plane pages for it. A check that fails in time earns it just as well as one that passes.

/** One check of the loop. All instants are of one monotonic clock, in milliseconds, never the wall clock. */
export interface CheckRun {
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** when its last run came to an end; before the first one, when the loop was started */
  readonly completedAt: number;
}

/** What scheduling may add to a run that used its whole period and timeout. */
export const KEEPALIVE_SLACK_MS = 500;

/** True while every check has completed within its own period and timeout. A loop without checks earns it: it has nothing to get stuck on. */
export function isKeepaliveEarned(checkRuns: readonly CheckRun[], now: number): boolean {
  return checkRuns.every(
    ({ everyMs, timeoutMs, completedAt }) => now - completedAt <= everyMs + timeoutMs + KEEPALIVE_SLACK_MS,
  );
}
