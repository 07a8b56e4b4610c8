// Runs one piece of work on its own period, one run at a time, and remembers when the last one came to an end. A run that does not
// end blocks its own work for good, and by that the keepalive (shared/src/host/earned-keepalive.ts). Nothing here races work against a timer,
// because that would let a stuck one look alive. Not pure.

/** A catalogue that says `every: 0ms` must not spin. */
export const EVERY_MS_MIN = 200;

/** Something that is run again and again; instants of `performance.now()`. */
export interface Repeated {
  readonly everyMs: number;
  readonly timeoutMs: number;
  completedAt: number;
}

/** Runs `work`, which never rejects, until the signal. */
export async function repeat(job: Repeated, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    const startedAt = performance.now();
    await work();
    job.completedAt = performance.now();
    await sleep(startedAt + job.everyMs - performance.now(), signal);
  }
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
