// The one alarm of an actor, shared by all its deadlines. Each time that it is set costs a billed row, so it is only ever moved forward: a
// deadline that went away costs one idle wake-up, never a write. This rule stands here and nowhere else.
import type { Alarm, Clock } from "./ports.ts";

/** An alarm never rings sooner than this after it was set, whatever a deadline says. */
const ALARM_FLOOR_MS = 50;
/** Nor later: the runtime takes no instant beyond what a date can hold. */
const ALARM_CEILING_MS = 30 * 24 * 3_600_000;
/** When a deadline is looked at that is no instant. */
const UNKNOWN_MS = 5_000;

export class AlarmClock {
  readonly #alarm: Alarm;
  readonly #clock: Clock;

  constructor(alarm: Alarm, clock: Clock) {
    this.#alarm = alarm;
    this.#clock = clock;
  }

  get armedAt(): number | null {
    return this.#alarm.armedAt;
  }

  /** Makes sure that the alarm rings at this instant or before; null asks for nothing. */
  arm(at: number | null): void {
    if (at === null) return;
    const { now } = this.#clock;
    // What is no instant (we are wrong) rings soon: a deadline may not be lost because of another one.
    const dueAt = Number.isFinite(at)
      ? Math.min(Math.max(at, now + ALARM_FLOOR_MS), now + ALARM_CEILING_MS)
      : now + UNKNOWN_MS;
    const { armedAt } = this.#alarm;
    if (armedAt === null || armedAt > dueAt) this.#alarm.set(dueAt);
  }

  /** Sets an overdue alarm again: the runtime drops an alarm for good after its handler failed six times. */
  rescue(overdueMs: number): void {
    const { armedAt } = this.#alarm;
    const { now } = this.#clock;
    if (armedAt !== null && armedAt + overdueMs < now) this.#alarm.set(now + ALARM_FLOOR_MS);
  }
}
