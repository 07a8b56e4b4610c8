// A virtual clock on which work may be done by promises, as channels and fakes of providers do it: no instant begins
// before all the work of the one before it has ended or waits for the clock itself. What a reader would get wrong: only
// what is handed to `begins` is waited for, and what never answers must say so (`rests`), or time stands still.
import { VirtualClock } from "../../../control-plane/replay/world/virtual-clock.ts";

export class WorkingClock extends VirtualClock {
  #underWay = 0;
  #allEnded: PromiseWithResolvers<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  /** Waits for this before time goes on; an error of it is the run's. */
  begins(work: Promise<unknown>): void {
    this.goesOn();
    work
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.rests());
  }

  /** Work that is under way waits for an instant to come. */
  rests(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#allEnded?.resolve();
  }

  /** Its instant has come. */
  goesOn(): void {
    this.#underWay += 1;
  }

  /** Lets time pass up to and including an instant. */
  async passesTo(untilAt: number): Promise<void> {
    while (this.runNext(untilAt)) if (this.#underWay > 0) await this.#workEnds();
    this.now = untilAt;
  }

  async #workEnds(): Promise<void> {
    while (this.#underWay > 0) {
      this.#allEnded = Promise.withResolvers();
      await this.#allEnded.promise;
    }
    this.#allEnded = null;
    if (this.#failure !== null) throw this.#failure.error;
  }
}
