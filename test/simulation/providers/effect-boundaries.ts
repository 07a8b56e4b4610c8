// Every place between a decision and its receipt at which a desk can stop dead, counted in the order in which it comes
// to them. What a reader would get wrong: a boundary that a provider's answer passes lies outside of the desk; the desk
// dies there all the same, and nobody hears the answer.
import { CrashPoints, SimulatedCrash } from "../faults/crash-points.ts";

export class EffectBoundaries extends CrashPoints {
  /** the names of those that were passed so far, in their order */
  readonly passed: string[] = [];
  /** where it dies, counted from 0; each once */
  readonly #deadly: Set<number>;

  constructor(deadly: readonly number[] = []) {
    super();
    this.#deadly = new Set(deadly);
  }

  override beforeStoring(): void {
    this.pass("before a step is stored");
  }

  override afterEffects(count: number): void {
    this.pass(count === 0 ? "after a step was stored" : "after a call was begun");
  }

  /** Throws where the desk dies here. */
  pass(name: string): void {
    this.passed.push(name);
    if (this.#deadly.delete(this.passed.length - 1)) throw new SimulatedCrash(name);
  }
}
