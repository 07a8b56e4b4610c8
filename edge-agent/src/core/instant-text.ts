// Instants as files write them: ISO 8601 with its offset, or a number of seconds or milliseconds since 1970. Pure. No Date in core: its
// constructor knows the time.
import { Instant } from "@countersign/shared/values/instant";

/** A number under this is seconds: as milliseconds it would be in 1973, and as seconds this would be in the year 5138. */
const SECONDS_MAX = 1e11;
const ISO =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})$/;

interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Reads an instant into epoch milliseconds; null when it is none, or has no offset from UTC. */
export function parseInstant(value: unknown): number | null {
  if (typeof value === "number") return instantOfNumber(value);
  if (typeof value !== "string") return null;
  if (/^[0-9]{1,16}(?:\.[0-9]{1,9})?$/.test(value)) return instantOfNumber(Number(value));
  const match = ISO.exec(value);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = "0", fraction = "", offset = "Z"] = match;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  const time = { hour: Number(hour), minute: Number(minute), second: Number(second) };
  const offsetMs = offsetMsOf(offset);
  if (!isDate(date) || offsetMs === null) return null;
  if (time.hour > 23 || time.minute > 59 || time.second > 60) return null;
  const ms = Number(fraction.padEnd(3, "0").slice(0, 3));
  return wireInstant(instantOf(date, time) + ms - offsetMs);
}

/** An instant in milliseconds as the wire takes it; null when it is none: before 1970, after 9999, no number. */
export function wireInstant(ms: number): number | null {
  return Instant.safeParse(Math.round(ms)).data ?? null;
}

function instantOfNumber(value: number): number | null {
  return value < 0 ? null : wireInstant(value < SECONDS_MAX ? value * 1_000 : value);
}

/** Whether the calendar has that day: 31 February would count as one in March. */
function isDate({ year, month, day }: CalendarDay): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return day <= daysSinceEpoch(next) - daysSinceEpoch({ year, month, day: 1 });
}

/** Null where no clock has that offset. */
function offsetMsOf(offset: string): number | null {
  if (offset === "Z") return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Epoch milliseconds of a date and time in UTC. */
export function instantOf(
  date: CalendarDay,
  time: { readonly hour: number; readonly minute: number; readonly second: number },
): number {
  return ((daysSinceEpoch(date) * 24 + time.hour) * 60 + time.minute) * 60_000 + time.second * 1_000;
}

/** Days from 1970-01-01 in the Gregorian calendar. */
function daysSinceEpoch({ year, month, day }: CalendarDay): number {
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}
