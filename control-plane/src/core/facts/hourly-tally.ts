// Sums up one clock hour after the other, and says when one is closed, so that a baseline can learn it. Pure.
// What a reader would get wrong: an hour that was not seen from its beginning is not whole and must teach nothing, and hours of
// which nothing was heard are only counted (`emptyHours`): what silence means is the rule's to say.
import { type Baseline, expectsSome, HOUR_MS, hourStartOf, learnHour } from "./baseline.ts";
import { plusEach } from "./sliding-window.ts";

/** Silence of a day or longer teaches nothing about which hours are quiet. */
export const QUIET_HOURS_MAX = 23;

export interface HourlyTally {
  /** when the open hour began; null: nothing was seen yet */
  readonly openAt: number | null;
  /** the hour before it was seen too */
  readonly isWhole: boolean;
  readonly sums: readonly number[];
}

/** Nothing was seen yet. */
export const EMPTY_TALLY: HourlyTally = { openAt: null, isWhole: false, sums: [] };

/** An hour that is over. */
export interface ClosedHour {
  readonly hourAt: number;
  readonly isWhole: boolean;
  readonly sums: readonly number[];
  /** hours after it in which nothing was seen */
  readonly emptyHours: number;
}

/** Adds amounts to their hour. `gapHoursMax`: an hour is whole when at most so many empty ones lie before it. Late ones count now. */
export function addToHour(
  tally: HourlyTally,
  added: { readonly at: number; readonly amounts: readonly number[] },
  gapHoursMax: number,
): { readonly tally: HourlyTally; readonly closed: ClosedHour | null } {
  const hourAt = hourStartOf(added.at);
  const { openAt } = tally;
  if (openAt === null)
    return { tally: { openAt: hourAt, isWhole: false, sums: added.amounts }, closed: null };
  if (hourAt <= openAt)
    return { tally: { ...tally, sums: plusEach(tally.sums, added.amounts) }, closed: null };
  const emptyHours = Math.round((hourAt - openAt) / HOUR_MS) - 1;
  return {
    tally: { openAt: hourAt, isWhole: emptyHours <= gapHoursMax, sums: added.amounts },
    closed: { hourAt: openAt, isWhole: tally.isWhole, sums: tally.sums, emptyHours },
  };
}

/**
 * Learns how many of something an hour has. Hours in which there were none teach that they are quiet, unless some were expected: an
 * outage must not become the usual.
 */
export function learnCounts(counts: Baseline, closed: ClosedHour, count: number): Baseline {
  const { hourAt, isWhole, emptyHours } = closed;
  let learned = isWhole ? learnHour(counts, hourAt, count) : counts;
  for (let hour = 1; emptyHours <= QUIET_HOURS_MAX && hour <= emptyHours; hour += 1) {
    const emptyAt = hourAt + hour * HOUR_MS;
    if (!expectsSome(learned, emptyAt)) learned = learnHour(learned, emptyAt, 0);
  }
  return learned;
}
