// The one alarm of an actor, shared by all its deadlines. Each `setAlarm` is a billed row, so the alarm is only ever moved forward:
// a deadline that went away costs one idle wake-up, never a write.

/** An alarm never rings sooner than this after it was set, whatever a deadline says. */
const ALARM_FLOOR_MS = 250;

export class AlarmClock {
  readonly #storage: DurableObjectStorage;
  #armedAt: number | null;

  /** `armedAt` is what `storage.getAlarm()` said when the object woke. */
  constructor(storage: DurableObjectStorage, armedAt: number | null) {
    this.#storage = storage;
    this.#armedAt = armedAt;
  }

  get armedAt(): number | null {
    return this.#armedAt;
  }

  /** Makes sure that the alarm rings at this instant or before; null asks for nothing. */
  arm(at: number | null, now: number): void {
    if (at === null) return;
    const dueAt = Math.max(at, now + ALARM_FLOOR_MS);
    if (this.#armedAt !== null && this.#armedAt <= dueAt) return;
    this.#armedAt = dueAt;
    // Part of the storage step that is under way; the output gate waits for it, so nobody need await it here.
    void this.#storage.setAlarm(dueAt);
  }

  /** The runtime has taken the alarm off: call first in the alarm handler. */
  rang(): void {
    this.#armedAt = null;
  }

  /** Sets an overdue alarm again: the runtime drops an alarm for good after its handler failed six times. */
  rescue(now: number, overdueMs: number): void {
    if (this.#armedAt === null || this.#armedAt + overdueMs >= now) return;
    this.#armedAt = null;
    this.arm(now, now);
  }
}
