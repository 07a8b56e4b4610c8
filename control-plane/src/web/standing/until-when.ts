// Until when a yes in advance holds, as people say it: in 8 hours, tomorrow at 08:00, until Monday, in a week. Pure; by the clock of the reader's own
// place. What a reader would get wrong: a form carries the instant that its words meant when it was shown, so that a night between reading and
// sending moves nothing.
import { STANDING_MAX_MS } from "@countersign/shared/wire/standing";
import { countIn } from "../frame/fields.ts";
import { hourThere, weekdayThere } from "../look/calendar-days.ts";
import { clockIn } from "../look/place-time.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WORKING_HOURS = 8;
/** When people who were asleep look again. */
const MORNING_HOUR = 8;
const DAYS_OF_WEEK = 7;
/** Thirty days. */
export const HOURS_MAX = STANDING_MAX_MS / HOUR_MS;

/** One end that can be chosen. */
export interface UntilChoice {
  readonly at: number;
  readonly words: string;
}

interface Reader {
  readonly now: number;
  readonly timeZone: string;
}

/** The ends that are offered, the soonest first. */
export function untilChoices({ now, timeZone }: Reader): readonly UntilChoice[] {
  const clock = (at: number) => minuteIn(at, { now, timeZone });
  const soon = floorMinute(now + WORKING_HOURS * HOUR_MS);
  const today = hourThere(timeZone, now, { daysAhead: 0, hour: MORNING_HOUR });
  const isNight = today > now;
  const morning = isNight ? today : hourThere(timeZone, now, { daysAhead: 1, hour: MORNING_HOUR });
  // Monday has 7 days to come, and never none: on Monday itself the next one is meant.
  const daysAhead = DAYS_OF_WEEK - ((weekdayThere(timeZone, now) + DAYS_OF_WEEK - 1) % DAYS_OF_WEEK);
  const monday = hourThere(timeZone, now, { daysAhead, hour: MORNING_HOUR });
  const week = floorMinute(now + DAYS_OF_WEEK * 24 * HOUR_MS);
  const all: readonly UntilChoice[] = [
    { at: morning, words: `${isNight ? "this morning" : "tomorrow"}: ${clock(morning)}` },
    { at: soon, words: `in ${WORKING_HOURS} hours: ${clock(soon)}` },
    { at: monday, words: `until Monday: ${clock(monday)}` },
    { at: week, words: `in a week: ${clock(week)}` },
  ];
  return all
    .filter(({ at }, index) => all.findIndex((other) => other.at === at) === index)
    .toSorted((left, right) => left.at - right.at);
}

/** The end that a form says: so many hours if any are said, else the chosen instant. null: none, or out of bounds. */
export function untilIn(
  asked: { readonly until: string | undefined; readonly hours: string | undefined },
  now: number,
): number | null {
  const { hours = "", until = "" } = asked;
  if (hours !== "") {
    const count = countIn(hours, HOURS_MAX);
    return count === null || count === 0 ? null : now + count * HOUR_MS;
  }
  const at = /^[0-9]{1,15}$/.test(until) ? Number(until) : null;
  return at === null || at <= now || at - now > STANDING_MAX_MS ? null : at;
}

/** `08:00`, on another day `Mon 30 Nov 08:00`: what somebody has chosen has no seconds. */
export function minuteIn(at: number, { now, timeZone }: Reader): string {
  return clockIn(at, now, timeZone)
    .replace(/:\d\d$/, "")
    .replace(",", "");
}

/** `3 times, until Mon 30 Nov 08:00`. */
export function boundsText(
  { untilAt, usesMax }: { readonly untilAt: number; readonly usesMax: number },
  reader: Reader,
): string {
  return `${usesMax === 1 ? "once" : `${usesMax} times`}, until ${minuteIn(untilAt, reader)}`;
}

function floorMinute(at: number): number {
  return at - (at % MINUTE_MS);
}
