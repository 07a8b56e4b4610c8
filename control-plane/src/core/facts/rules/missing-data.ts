// From when data that stays away counts as failure: a whole wait after it was last seen, in which the host was up all the time.
// Pure. While the host itself is silent nothing that is missing says anything about its services.
import type { RuleScene } from "./rule.ts";

/** The instant from which data last seen at `lastAt` is missing. A silent host moves it on: always a whole wait ahead. */
export function missingDueAt(lastAt: number, waitMs: number, { now, seenSinceAt }: RuleScene): number {
  if (seenSinceAt === null) return now + waitMs;
  return Math.max(lastAt, seenSinceAt ?? 0) + waitMs;
}
