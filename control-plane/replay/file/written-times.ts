// Times as people write them in an incident: spans (`1h30m`), offsets from the start (`+4m`), clock times (`23:25`, in the zone that
// the start is written in: the next one after the time before) and instants. Pure.
import { durationParts, UNIT_MS } from "@countersign/shared/values/duration";

const DAY_MS = UNIT_MS.d;

/** Milliseconds of a span that the format has accepted. */
export function spanMs(text: string): number {
  let totalMs = 0;
  for (const [, count, unit] of text.matchAll(/([0-9]+)(ms|d|h|m|s)/g))
    totalMs += Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  return totalMs;
}

/** The instant of a written time; a clock time is the first such at or after `notBeforeAt`. NaN: no such date. */
export function instantOf(
  text: string,
  frame: { readonly startAt: number; readonly notBeforeAt: number; readonly zoneMs?: number },
): number {
  if (text.startsWith("+")) return frame.startAt + spanMs(text.slice(1));
  if (text.includes("T")) return Date.parse(text);
  const [hours = 0, minutes = 0, seconds = 0] = text.split(":").map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) return Number.NaN;
  const ofDayMs = hours * UNIT_MS.h + minutes * UNIT_MS.m + seconds * UNIT_MS.s;
  const { zoneMs = 0 } = frame;
  const midnightAt = Math.floor((frame.notBeforeAt + zoneMs) / DAY_MS) * DAY_MS - zoneMs;
  const at = midnightAt + ofDayMs;
  return at < frame.notBeforeAt ? at + DAY_MS : at;
}

/** How far the zone that an instant is written in is ahead of UTC. */
export function zoneMsOf(instant: string): number {
  const [, sign, hours = "0", minutes = "0"] = /([+-])([0-9]{2}):([0-9]{2})$/.exec(instant) ?? [];
  const ms = Number(hours) * UNIT_MS.h + Number(minutes) * UNIT_MS.m;
  return sign === "-" ? -ms : ms;
}

/** `+1h30m`, as an offset from the start is written. */
export function offsetText(ms: number): string {
  const parts = durationParts(Math.max(0, Math.round(ms / 1_000)) * 1_000);
  return `+${parts.join("") || "0s"}`;
}
