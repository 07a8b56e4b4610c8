// A bound on waiting for somebody else's answer. The work itself may go on; whoever asked stops believing in it.

/** Settles like `work`, or rejects with `what` after `timeoutMs`. */
export async function bounded<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  const expiry = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => expiry.reject(new Error(`${what}: no answer in ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([work, expiry.promise]);
  } finally {
    clearTimeout(timer);
  }
}
