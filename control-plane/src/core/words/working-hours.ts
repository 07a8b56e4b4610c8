// When it is a working hour by somebody's own clock: 09:00 to 17:00, Monday to Friday. Pure: core/ knows no Date, and a
// place's clock is asked of the runtime's own table of time zones. What a reader would get wrong: a day on which the
// clock is changed has 23 or 25 hours, so an instant that was reached by adding hours is read from the clock again.
import { formatsOf, TIME_OF_DAY } from "@countersign/shared/values/zone-formats";
import { isTimeZone } from "../../policy/time-zone.ts";
import { UTC } from "./clock-text.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** By the person's own clock; at the second of them it is over. */
export const WORKING_FROM_MS = 9 * HOUR_MS;
export const WORKING_UNTIL_MS = 17 * HOUR_MS;

/** From a Friday's evening it is two days on which nobody works, and a third morning. */
const MORNINGS_MAX = 4;

/** An instant itself when it is a working hour at a place, else the next morning at which one begins. */
export function workingTimeFrom(at: number, timeZone: string = UTC): number {
  const zone = isTimeZone(timeZone) ? timeZone : UTC;
  let from = at;
  for (let mornings = 0; mornings < MORNINGS_MAX; mornings += 1) {
    const { isWeekend, sinceMidnightMs } = localOf(from, zone);
    const isBefore = sinceMidnightMs < WORKING_FROM_MS;
    if (!isWeekend && !isBefore && sinceMidnightMs < WORKING_UNTIL_MS) return from;
    from = morningNear(from + WORKING_FROM_MS - sinceMidnightMs + (isBefore ? 0 : DAY_MS), zone);
  }
  return from;
}

/** Between the two the clock may have been changed. */
function morningNear(at: number, zone: string): number {
  return at + WORKING_FROM_MS - localOf(at, zone).sinceMidnightMs;
}

const formatOf = formatsOf({ ...TIME_OF_DAY, weekday: "short" });

interface Local {
  readonly isWeekend: boolean;
  readonly sinceMidnightMs: number;
}

function localOf(at: number, zone: string): Local {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const [hours, minutes, seconds] = (["hour", "minute", "second"] as const).map((type) =>
    Number(parts.get(type)),
  );
  const wholeMs = ((hours ?? 0) * 3_600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1_000;
  const weekday = parts.get("weekday");
  return { isWeekend: weekday === "Sat" || weekday === "Sun", sinceMidnightMs: wholeMs + (at % 1_000) };
}
