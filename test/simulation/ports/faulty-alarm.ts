// The alarm of an actor that dies: a life that is over sets it no more, and a handler that was not done is called again, as the runtime does it,
// two seconds later and each time twice as late, six times; then the alarm is lost for good, and only the minute's watch sets it again.
import { VirtualAlarm } from "../../../control-plane/replay/ports/virtual-alarm.ts";
import type { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";
import type { Alarm } from "../../../control-plane/src/shell/ports.ts";
import type { ActorLife } from "./actor-life.ts";

const AGAIN_MS = 2_000;
const AGAIN_COUNT_MAX = 6;

export class FaultyAlarm {
  readonly #alarm: VirtualAlarm;
  readonly #clock: VirtualClock;
  readonly #ring: (scheduledAt: number) => boolean;
  /** how often the handler was not done, one time after the other */
  #failedCount = 0;

  /** `ring` is the handler; false: it was not done. */
  constructor(clock: VirtualClock, ring: (scheduledAt: number) => boolean) {
    this.#clock = clock;
    this.#ring = ring;
    this.#alarm = new VirtualAlarm(clock, (scheduledAt) => this.#rings(scheduledAt));
  }

  get armedAt(): number | null {
    return this.#alarm.armedAt;
  }

  /** The alarm as one life has it. */
  of(life: ActorLife): Alarm {
    const alarm = this.#alarm;
    return {
      get armedAt() {
        return alarm.armedAt;
      },
      set: (at) => void (life.isOver || alarm.set(at)),
    };
  }

  pause(): void {
    this.#alarm.pause();
  }

  resume(): void {
    this.#alarm.resume();
  }

  #rings(scheduledAt: number): void {
    const isDone = this.#ring(scheduledAt);
    this.#failedCount = isDone ? 0 : this.#failedCount + 1;
    if (this.#failedCount > AGAIN_COUNT_MAX) this.#failedCount = 0;
    else if (!isDone) this.#alarm.set(this.#clock.now + AGAIN_MS * 2 ** (this.#failedCount - 1));
  }
}
