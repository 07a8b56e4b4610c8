// One life of an actor, from its wake to its end: what it began and nobody has answered ends with it. Whatever is done in it is done by
// `enter`, where a crash ends it; a life that has ended writes nothing, calls nobody and hears nothing.
import { type CrashPoints, SimulatedCrash } from "../faults/crash-points.ts";

export class ActorLife {
  readonly points: CrashPoints;
  isOver = false;
  /** effects that were performed since the last decision was stored */
  #effectCount = 0;

  constructor(points: CrashPoints) {
    this.points = points;
  }

  /** Call before something is written. */
  writes(): void {
    this.#goesOn();
    this.#orEnds(() => this.points.beforeStoring());
  }

  /** A decision was stored, and its alarm set; nothing of it is performed yet. */
  stored(): void {
    this.#effectCount = 0;
    this.#orEnds(() => this.points.afterEffects(0));
  }

  /** Performs one effect, unless the life is over. */
  performs(effect: () => void): void {
    this.#goesOn();
    effect();
    this.#effectCount += 1;
    this.#orEnds(() => this.points.afterEffects(this.#effectCount));
  }

  #goesOn(): void {
    if (this.isOver) throw new SimulatedCrash("This life is over");
  }

  #orEnds(ask: () => void): void {
    try {
      ask();
    } catch (error) {
      this.isOver ||= error instanceof SimulatedCrash;
      throw error;
    }
  }
}
