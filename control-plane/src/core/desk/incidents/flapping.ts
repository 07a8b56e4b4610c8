// Whether something begins again and again. How long it then has to stay well stands in core/desk/findings/recurring.ts. Pure.
import type { Finding } from "../records/finding.ts";

const FLAP_BEGINNINGS_MIN = 3;
/** What comes back more slowly is new each time; nothing has to stay well for longer before it is over. */
export const FLAP_QUIET_MAX_MS = 12 * 60 * 60_000;

/** Says whether it has begun often enough, and not too slowly. */
export function isFlapping(finding: Pick<Finding, "beginningsAt">): boolean {
  return usualMs(finding) <= FLAP_QUIET_MAX_MS;
}

/** How long it usually takes from one beginning to the next; infinity: it has not begun often enough to say. */
export function usualMs({ beginningsAt }: Pick<Finding, "beginningsAt">): number {
  const last = beginningsAt.slice(-FLAP_BEGINNINGS_MIN);
  if (last.length < FLAP_BEGINNINGS_MIN) return Infinity;
  // An instant is a whole number of milliseconds.
  return Math.ceil(((last.at(-1) ?? 0) - (last[0] ?? 0)) / (FLAP_BEGINNINGS_MIN - 1));
}
