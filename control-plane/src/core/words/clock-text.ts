// An instant as people read it in notes, evidence and pages: the time of day, in UTC or on the clock of a person's own
// place. Pure: core/ knows no Date, and a place's clock is asked of the runtime's own table of time zones.
import { formatsOf, TIME_OF_DAY } from "@countersign/shared/values/zone-formats";
import { isTimeZone } from "../../policy/time-zone.ts";

const DAY_MS = 86_400_000;

const formatOf = formatsOf(TIME_OF_DAY);
/** Day and month, such as `28 Nov`. */
const dayFormatOf = formatsOf({ day: "numeric", month: "short" });

/** Where nobody said otherwise. */
export const UTC = "UTC";

/** Time of day in UTC, such as `02:10:09`. */
export function clockOf(at: number): string {
  const seconds = Math.floor((((at % DAY_MS) + DAY_MS) % DAY_MS) / 1_000);
  return [seconds / 3_600, (seconds / 60) % 60, seconds % 60]
    .map((part) => String(Math.floor(part)).padStart(2, "0"))
    .join(":");
}

/** Time of day at a place, which it names: `03:10:09 Berlin`, `02:10:09 UTC`. */
export function clockAt(at: number, timeZone: string): string {
  if (timeZone === UTC || !isTimeZone(timeZone)) return `${clockOf(at)} UTC`;
  const place = (timeZone.split("/").at(-1) ?? timeZone).replaceAll("_", " ");
  return `${formatOf(timeZone).format(at)} ${place}`;
}

/**
 * An instant in a title: its time of day, with `UTC` where that is whose it is; its day where that was not today or
 * yesterday.
 */
export function shortClockAt(
  at: number,
  { now, timeZone }: { readonly now: number; readonly timeZone: string },
): string {
  const isLocal = timeZone !== UTC && isTimeZone(timeZone);
  if (now - at >= DAY_MS) return dayFormatOf(isLocal ? timeZone : UTC).format(at);
  return isLocal ? formatOf(timeZone).format(at).slice(0, 5) : `${clockOf(at).slice(0, 5)} UTC`;
}
