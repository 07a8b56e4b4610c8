// The ports that workerd gives to both shells: its clock, its alarm, its log, and calls whose answers are waited for no longer than a bound.
import { ok, refuse } from "@countersign/shared/values/result";
import type { Alarm, Answered, Clock, Log } from "../shell/ports.ts";
import { bounded } from "./bounded.ts";

/** What is used of a Durable Object's storage. */
interface AlarmStore {
  setAlarm(at: number): Promise<void>;
}

export const WORKERD_CLOCK: Clock = {
  get now() {
    return Date.now();
  },
};

export const WORKERD_LOG: Log = {
  error: (what, cause) => console.error(`${what}:`, cause),
};

export class WorkerdAlarm implements Alarm {
  readonly #storage: AlarmStore;
  #armedAt: number | null = null;

  constructor(storage: AlarmStore) {
    this.#storage = storage;
  }

  get armedAt(): number | null {
    return this.#armedAt;
  }

  /** Takes up what `storage.getAlarm()` said when the object woke. */
  wokeWith(armedAt: number | null): void {
    this.#armedAt = armedAt;
  }

  /** The runtime has taken the alarm off: call first in the alarm handler. */
  rang(): void {
    this.#armedAt = null;
  }

  set(at: number): void {
    this.#armedAt = at;
    // Part of the storage step that is under way; the output gate waits for it, so nobody need await it here.
    void this.#storage.setAlarm(at);
  }
}

/** Calls that are on their way from one actor. */
export class WorkerdCalls {
  readonly #underWay = new Set<Promise<void>>();

  /** Hands the answer of `work`, or its failure, to `answered`, at the latest after `timeoutMs`. */
  answer<T>(
    { what, timeoutMs }: { readonly what: string; readonly timeoutMs: number },
    work: () => Promise<T>,
    answered: Answered<T>,
  ): void {
    const call = bounded(begun(work), timeoutMs, what)
      .then(
        (value) => answered(ok(value)),
        (cause: unknown) => {
          WORKERD_LOG.error(what, cause);
          answered(refuse({ reason: "call-failed", cause }));
        },
      )
      .catch((cause: unknown) => WORKERD_LOG.error(`Take the answer of "${what}"`, cause))
      .finally(() => this.#underWay.delete(call));
    this.#underWay.add(call);
  }

  /** Settles when nothing is on its way any more, and nothing that the answers began. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}

// What throws before it has begun is a call that failed, too.
async function begun<T>(work: () => Promise<T>): Promise<T> {
  return work();
}
