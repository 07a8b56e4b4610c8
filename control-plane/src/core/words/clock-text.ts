// An instant as people read it in notes, evidence and pages: the time of day, in UTC or on the clock of a person's own
// place. Pure: core/ knows no Date, and a place's clock is asked of the runtime's own table of time zones.
import { isTimeZone } from "../../policy/time-zone.ts";

const DAY_MS = 86_400_000;

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

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs more than a page; a fleet's people live in few places. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  formats.set(timeZone, made);
  return made;
}
