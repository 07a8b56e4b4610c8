// What `Retry-After` asks for: seconds, or a date (RFC 9110 §10.2.3). Pure: a date is counted from the answer's own
// `Date`, so that no clock of ours has to be right; without one it says nothing.

/** Milliseconds to wait; null: the header is absent, or says nothing that can be read. */
export function parseRetryAfter(retryAfter: string | null, date: string | null): number | null {
  if (retryAfter === null) return null;
  const text = retryAfter.trim();
  // Some providers send fractions of a second.
  if (/^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const [untilAt, fromAt] = [Date.parse(text), date === null ? Number.NaN : Date.parse(date)];
  return Number.isNaN(untilAt) || Number.isNaN(fromAt) ? null : Math.max(0, untilAt - fromAt);
}
