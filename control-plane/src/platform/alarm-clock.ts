// The one alarm of an actor, shared by all its deadlines. Each `setAlarm` is a billed row, so the alarm is only ever moved forward:
// a deadline that went away costs one idle wake-up, never a write.

/** An alarm never rings sooner than this after it was set, whatever a deadline says. */
const ALARM_FLOOR_MS = 250;
/** Nor later: the runtime takes no instant beyond what a date can hold. */
const ALARM_CEILING_MS = 30 * 24 * 3_600_000;
/** When a deadline is looked at that is no instant. */
const UNKNOWN_MS = 5_000;

/** What is used of a Durable Object's storage. */
interface AlarmStore {
  setAlarm(at: number): Promise<void>;
}

export class AlarmClock {
  readonly #storage: AlarmStore;
  #armedAt: number | null;

  /** `armedAt` is what `storage.getAlarm()` said when the object woke. */
  constructor(storage: AlarmStore, armedAt: number | null) {
    this.#storage = storage;
    this.#armedAt = armedAt;
  }

  get armedAt(): number | null {
    return this.#armedAt;
  }

  /** Makes sure that the alarm rings at this instant or before; null asks for nothing. */
  arm(at: number | null, now: number): void {
    if (at === null) return;
    // What is no instant (we are wrong) rings soon: a deadline may not be lost because of another one.
    const soonest = now + ALARM_FLOOR_MS;
    const dueAt = Number.isFinite(at)
      ? Math.min(Math.max(at, soonest), now + ALARM_CEILING_MS)
      : now + UNKNOWN_MS;
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
