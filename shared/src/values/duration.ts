// Durations as people write them (`5s`, `15m`, `2h`, `250ms`, `7d`) and as the code keeps them (milliseconds). Pure.
import * as z from "zod";

/** Milliseconds of each unit that people write. */
export const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** Ten years: what is longer is a slip, and an instant that far away is no date any more. */
export const DURATION_MAX_MS = 3_650 * UNIT_MS.d;
const PATTERN = /^([0-9]{1,9})(ms|s|m|h|d)$/;

/** Reads `5s` as 5000; null when the text is no duration. */
export function parseDuration(text: string): number | null {
  const match = PATTERN.exec(text);
  if (match === null) return null;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** A duration in a file written by a person; gives milliseconds. */
export const Duration = z
  .string({ error: "expected a duration such as 15m" })
  .meta({ pattern: PATTERN.source, examples: ["15m"] })
  .transform((text, context) => {
    const durationMs = parseDuration(text);
    if (durationMs !== null && durationMs <= DURATION_MAX_MS) return durationMs;
    context.addIssue({
      code: "custom",
      message:
        durationMs === null
          ? `expected a duration such as 250ms, 5s, 15m, 2h or 7d, got "${text}"`
          : `expected at most ${formatDuration(DURATION_MAX_MS)}, got "${text}"`,
    });
    return z.NEVER;
  });

/** What a timer of Node can wait for: it fires at once for anything longer than 2^31 − 1 ms. */
export const TIMER_MAX_MS = 24 * UNIT_MS.d;

/** A duration that is waited for with a timer. */
export const TimerDuration = Duration.refine((durationMs) => durationMs <= TIMER_MAX_MS, {
  error: `expected at most ${formatDuration(TIMER_MAX_MS)}`,
});

/** Writes 65000 as `1m 5s`, for people; at most two units. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.max(0, Math.round(durationMs))}ms`;
  return durationParts(Math.round(durationMs / 1_000) * 1_000)
    .slice(0, 2)
    .join(" ");
}

/** Writes 90000 as `90s`, as a file takes it: whole milliseconds in one unit, the greatest in which they are whole. */
export function writeDuration(durationMs: number): string {
  const units = ["d", "h", "m", "s"] as const;
  const unit = durationMs === 0 ? "s" : (units.find((each) => durationMs % UNIT_MS[each] === 0) ?? "ms");
  return `${durationMs / UNIT_MS[unit]}${unit}`;
}

/** A duration in whole milliseconds by its units, the greatest first, such as `1m` and `5s`; none for nothing. */
export function durationParts(durationMs: number): readonly string[] {
  let rest = durationMs;
  return (["d", "h", "m", "s", "ms"] as const).flatMap((unit) => {
    const count = Math.floor(rest / UNIT_MS[unit]);
    rest -= count * UNIT_MS[unit];
    return count === 0 ? [] : [`${count}${unit}`];
  });
}
