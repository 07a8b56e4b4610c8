// Days by the calendar of a place: one of them may have 23 hours, or 25. Pure.
import { isTimeZone } from "../../policy/time-zone.ts";

/** A day in Greenwich. */
export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A day there, from its midnight to the next. */
export interface CalendarDay {
  readonly fromAt: number;
  readonly untilAt: number;
}

/** The last days there, today as the last of them. */
export function lastDaysIn(timeZone: string, now: number, count: number): readonly CalendarDay[] {
  const there = now + offsetAt(now, timeZone);
  const today = there - (there % DAY_MS);
  return Array.from({ length: count }, (_, index) => {
    const day = today - (count - 1 - index) * DAY_MS;
    return { fromAt: dayStartIn(day, timeZone), untilAt: dayStartIn(day + DAY_MS, timeZone) };
  });
}

/** When its clock shows a full hour there, so many days from today. */
export function hourThere(
  timeZone: string,
  now: number,
  { daysAhead, hour }: { readonly daysAhead: number; readonly hour: number },
): number {
  const there = now + offsetAt(now, timeZone);
  return dayStartIn(there - (there % DAY_MS) + daysAhead * DAY_MS + hour * HOUR_MS, timeZone);
}

/** Which day of the week it is there; 0 is Sunday. */
export function weekdayThere(timeZone: string, now: number): number {
  return new Date(now + offsetAt(now, timeZone)).getUTCDay();
}

/** When a day begins there that is named by its midnight in Greenwich. */
export function dayStartIn(utcMidnight: number, timeZone: string): number {
  // The offset that holds there is asked for twice: at midnight it may be another one than it was at midnight in Greenwich.
  const guess = utcMidnight - offsetAt(utcMidnight, timeZone);
  return utcMidnight - offsetAt(guess, timeZone);
}

/** By how much the clock there is before Greenwich's. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Map(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: isTimeZone(timeZone) ? timeZone : "UTC",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      hourCycle: "h23",
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const there = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return there - Math.floor(at / 1_000) * 1_000;
}
