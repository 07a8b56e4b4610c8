// Where an actor of ours can stop dead: before it stored a decision, between storing and performing, and after any of the effects.
// `armed` is set by a fault; the shells ask at each of these places.

/** Thrown through a shell: the object is gone, and so is all that it had not stored. */
export class SimulatedCrash extends Error {}

/** Thrown where storage is written: nothing was stored, and nothing may be performed; the object lives on. */
export class StorageFailure extends Error {}

export class CrashPoints {
  /** null: none; -1: before the next decision is stored; n ≥ 0: after it was stored and n of its effects were performed */
  armed: number | null = null;
  isStorageFailing = false;

  beforeStoring(): void {
    if (this.armed === -1) this.#crash();
    if (this.isStorageFailing) throw new StorageFailure("Store a decision: the disk says no");
  }

  /** Call after storing with 0, and after each effect with how many there were. */
  afterEffects(count: number): void {
    if (this.armed !== null && this.armed >= 0 && count >= this.armed) this.#crash();
  }

  #crash(): never {
    this.armed = null;
    throw new SimulatedCrash("The actor is gone");
  }
}
