// How long starting and stopping a unit may take by its own times. Pure.
// What a reader would get wrong: a start takes its whole time only where systemd waits for it, and for ever (null) is bounded by nothing.
const WAITED_FOR: ReadonlySet<string> = new Set(["notify", "notify-reload", "forking", "oneshot", "dbus"]);

export interface UnitTimes {
  /** `Type=` */
  readonly type: string;
  /** null: for ever, or not known */
  readonly startMs: number | null;
  readonly stopMs: number | null;
}

/** Milliseconds of each part of a restart. */
export function unitSpansOf({ type, startMs, stopMs }: UnitTimes): {
  readonly start: number;
  readonly stop: number;
} {
  return { start: WAITED_FOR.has(type) ? (startMs ?? 0) : 0, stop: stopMs ?? 0 };
}
