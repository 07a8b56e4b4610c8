// When the next result of what is run again and again is overdue, and what is told of a check then. Pure. The agent tells by
// it, and the hosts of a replay as well.
// What a reader would get wrong: overdue is neither a failure nor a success. A check that never gave a result has none to be
// told again, so one is made that says so: it does not pass, and the control plane counts no failure for it
// (core/shard/host/services.ts).
import type { CheckResult } from "../wire/service-report.ts";
import { ttlMsOf } from "./report-plan.ts";

/** Something that is run again and again. All instants are of one monotonic clock, in milliseconds, never the wall clock. */
export interface CheckRun {
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** when its last run came to an end; before the first one, one period before it was to begin */
  readonly completedAt: number;
  /** when its newest run began: one that begins late has its whole timeout before it. absent: none began late */
  readonly startedAt?: number;
}

/** What scheduling may add to a run that used its whole period and timeout. */
export const OVERDUE_SLACK_MS = 500;

/** When the run that is under way, or the next one, should have ended: whether it hangs or was never begun. */
function endDueAt({ completedAt, everyMs, startedAt, timeoutMs }: CheckRun): number {
  return Math.max(completedAt + everyMs, startedAt ?? Number.NEGATIVE_INFINITY) + timeoutMs;
}

/** When it is told that a run did not end. */
export function overdueToldAt(run: CheckRun): number {
  return endDueAt(run) + OVERDUE_SLACK_MS;
}

export function isOverdue(run: CheckRun, now: number): boolean {
  return now >= overdueToldAt(run);
}

/** What is known of a check beside its runs. */
export interface KnownCheck extends Pick<CheckResult, "check" | "kind" | "severity"> {
  readonly run: CheckRun;
  /** its last result; undefined: it gave none yet */
  readonly last: CheckResult | undefined;
}

/**
 * What is told of a check now: its last result, and since when the next one is overdue. undefined: there is nothing to tell
 * yet
 */
export function resultToTell(
  { run, last, ...named }: KnownCheck,
  now: { readonly monotonic: number; readonly wall: number },
): CheckResult | undefined {
  if (!isOverdue(run, now.monotonic)) return last;
  const overdueSinceAt = Math.max(0, Math.round(now.wall - (now.monotonic - endDueAt(run))));
  if (last !== undefined) return { ...last, overdueSinceAt };
  return {
    ...named,
    status: "fail",
    summary: "no result yet",
    latencyMs: null,
    finishedAt: Math.max(0, overdueSinceAt - run.timeoutMs),
    ttlMs: ttlMsOf("fail", run.everyMs, run.timeoutMs),
    overdueSinceAt,
  };
}
