// The instant from which missing data counts as failure: a whole wait after it was last seen, with the host up all that time. Pure.
// While the host itself is silent, what is missing says nothing about its services.
import type { RuleScene } from "./rule.ts";

/** The instant from which data last seen at `lastAt` is missing. A silent host moves it on: always a whole wait ahead. */
export function missingDueAt(lastAt: number, waitMs: number, { now, seenSinceAt }: RuleScene): number {
  if (seenSinceAt === null) return now + waitMs;
  return Math.max(lastAt, seenSinceAt ?? 0) + waitMs;
}
