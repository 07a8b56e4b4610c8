// Runs one piece of work on its own period, one run at a time, and remembers when the last one came to an end. A run that
// does not end blocks its own work for good; a timer beside it only says so (shared/src/host/overdue.ts). Nothing here races
// work against a timer, because that would let a stuck one look alive. Not pure.
import { type CheckRun, overdueToldAt } from "@countersign/shared/host/overdue";

/** A catalogue that says `every: 0ms` must not spin. */
export const EVERY_MS_MIN = 200;

/** No timer of Node's is longer. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Something that is run again and again; instants of `performance.now()`. */
export interface Repeated extends CheckRun {
  completedAt: number;
  startedAt?: number;
}

/** Before its first run: that one is due at once. */
export function notRunYet(period: Pick<CheckRun, "everyMs" | "timeoutMs">): Repeated {
  return { ...period, completedAt: performance.now() - period.everyMs };
}

/** Runs `work`, which never rejects, until the signal. */
export async function repeat(job: Repeated, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    job.startedAt = startedAt;
    await work();
    job.completedAt = performance.now();
    await sleep(startedAt + job.everyMs - performance.now(), signal);
  }
}

/** Says when a run has not ended in time, or was not begun; and again after each further period, until it ends. */
export function watchOverdue(job: Repeated, signal: AbortSignal, onOverdue: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const leftMs = overdueToldAt(job) - performance.now();
    if (leftMs <= 0) onOverdue();
    const nextMs = leftMs > 0 ? leftMs : job.everyMs + job.timeoutMs;
    timer = setTimeout(look, Math.min(nextMs, TIMER_MS_MAX));
  };
  look();
  signal.addEventListener("abort", () => clearTimeout(timer));
}

function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0) return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, durationMs);
    signal.addEventListener("abort", wake);
  });
}
