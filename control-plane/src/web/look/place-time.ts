// Instants and durations as people say them: how long ago, in one unit, and on the clock of the reader's own place. Pure;
// the view's `now` is the control plane's clock, and a place is a name of the IANA time zone database.
import { isTimeZone } from "../../policy/time-zone.ts";

/** Where nobody said otherwise. */
export const UTC = "UTC";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Up to so much the smaller unit is said: 90 minutes are told better than one hour or two. */
const UNITS = [
  { unitMs: SECOND_MS, untilMs: 90 * SECOND_MS, one: "s", many: "s" },
  { unitMs: MINUTE_MS, untilMs: 90 * MINUTE_MS, one: "min", many: "min" },
  { unitMs: HOUR_MS, untilMs: 36 * HOUR_MS, one: "h", many: "h" },
  { unitMs: DAY_MS, untilMs: 60 * DAY_MS, one: "day", many: "days" },
  { unitMs: 30 * DAY_MS, untilMs: 700 * DAY_MS, one: "month", many: "months" },
  { unitMs: 365 * DAY_MS, untilMs: Number.POSITIVE_INFINITY, one: "year", many: "years" },
] as const;

/** A duration in the unit in which people would say it: `0.6 s`, `31 s`, `4 min`, `3 h`, `2 days`. */
export function spanOf(durationMs: number): string {
  const spanMs = Math.max(0, durationMs);
  if (spanMs < 950) return spanMs < 50 ? "0 s" : `${(spanMs / SECOND_MS).toFixed(1)} s`;
  const unit = UNITS.find(({ unitMs, untilMs }) => Math.round(spanMs / unitMs) * unitMs < untilMs);
  const { many, one, unitMs } = unit ?? UNITS[5];
  const count = Math.round(spanMs / unitMs);
  return `${count} ${count === 1 ? one : many}`;
}

/** A duration to be compared, in two units: `47 s`, `4 min 12 s`, `3 h 5 min`, `2 days 4 h`. */
export function fullSpanOf(durationMs: number): string {
  const spanMs = Math.max(0, durationMs);
  if (spanMs < MINUTE_MS) return spanOf(Math.min(spanMs, 59 * SECOND_MS + 499));
  const [great, small] =
    spanMs < HOUR_MS
      ? ([UNITS[1], UNITS[0]] as const)
      : spanMs < DAY_MS
        ? ([UNITS[2], UNITS[1]] as const)
        : ([UNITS[3], UNITS[2]] as const);
  const count = Math.floor(spanMs / great.unitMs);
  const rest = Math.floor((spanMs % great.unitMs) / small.unitMs);
  const said = `${count} ${count === 1 ? great.one : great.many}`;
  return rest === 0 ? said : `${said} ${rest} ${small.many}`;
}

/** Bounds that somebody has set are told in full; what was measured is told shortly. */
const WHOLE = [
  { unitMs: DAY_MS, one: "a day", many: "days" },
  { unitMs: HOUR_MS, one: "an hour", many: "hours" },
  { unitMs: MINUTE_MS, one: "a minute", many: "minutes" },
  { unitMs: SECOND_MS, one: "a second", many: "seconds" },
] as const;

/** `an hour`, `10 minutes`; of what is whole in no unit the short form. */
export function wholeSpanOf(durationMs: number): string {
  const unit = WHOLE.find(({ unitMs }) => durationMs >= unitMs && durationMs % unitMs === 0);
  if (unit === undefined) return spanOf(durationMs);
  const count = durationMs / unit.unitMs;
  return count === 1 ? unit.one : `${count} ${unit.many}`;
}

/** `31 s ago`, `in 4 min`, `now`. */
export function relativeOf(at: number, now: number): string {
  const differenceMs = now - at;
  if (Math.abs(differenceMs) < SECOND_MS) return "now";
  return differenceMs > 0 ? `${spanOf(differenceMs)} ago` : `in ${spanOf(-differenceMs)}`;
}

/** `Sat 28 Nov 2026, 03:11:31 Berlin` */
export function instantIn(at: number, timeZone: string): string {
  const { day, month, time, weekday, year } = partsIn(at, timeZone);
  return `${weekday} ${day} ${month} ${year}, ${time} ${placeOf(timeZone)}`;
}

/** `03:11:31`; of another day than `now`'s with its date: `Fri 27 Nov, 23:12:02`. */
export function clockIn(at: number, now: number, timeZone: string): string {
  const { day, month, time, weekday, year } = partsIn(at, timeZone);
  const today = partsIn(now, timeZone);
  if (day === today.day && month === today.month && year === today.year) return time;
  return `${weekday} ${day} ${month}${year === today.year ? "" : ` ${year}`}, ${time}`;
}

/** The city of a time zone, as people call it. */
export function placeOf(timeZone: string): string {
  return (timeZone.split("/").at(-1) ?? timeZone).replaceAll("_", " ");
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs more than a view; a fleet's people live in few places. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: isTimeZone(timeZone) ? timeZone : UTC,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  formats.set(timeZone, made);
  return made;
}

function partsIn(at: number, timeZone: string) {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  return {
    weekday: part("weekday"),
    day: part("day"),
    month: part("month"),
    year: part("year"),
    time: `${part("hour")}:${part("minute")}:${part("second")}`,
  };
}
