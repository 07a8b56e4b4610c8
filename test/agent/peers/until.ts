// Waits for what happens in another process, with a bound and a name for what was missed.

const POLL_MS = 10;

/** Polls until `find` gives something; throws with `what` after `timeoutMs`. */
export async function until<T>(
  find: () => T | undefined | null | false,
  what: string,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = find();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
    await pause(POLL_MS);
  }
}

/** Lets time pass. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
