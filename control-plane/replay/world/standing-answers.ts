// People of a replay who acknowledge what rings, so long after it did, and say that a drill came. What a reader would
// get wrong: nothing is done, and nothing refused, where somebody else was quicker, or where it is over by then.
import { actBy } from "../../src/core/desk/desk-event.ts";
import { holderOf } from "../desk-seen.ts";
import type { RecordedPage } from "../printed/replay-record.ts";
import type { MemoryDesk } from "./memory-desk.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Answer {
  /** so long after a ring; null: never */
  readonly afterMs: number | null;
  /** of its line in the story */
  readonly place: number;
}

export class StandingAnswers {
  readonly #world: { readonly clock: VirtualClock; readonly desk: MemoryDesk };
  readonly #byPerson = new Map<string, Answer>();
  /** of whoever is not named */
  #byAll: Answer | null = null;

  constructor(world: { readonly clock: VirtualClock; readonly desk: MemoryDesk }) {
    this.#world = world;
  }

  /** From now on this person answers so; `by` null: everybody does. */
  set(by: string | null, answer: Answer): void {
    if (by !== null) this.#byPerson.set(by, answer);
    else {
      this.#byPerson.clear();
      this.#byAll = answer;
    }
  }

  /** A page has arrived. */
  hear({ incidentId, kind, to }: RecordedPage): void {
    const answer = this.#byPerson.get(to) ?? this.#byAll;
    if (answer === null || answer.afterMs === null) return;
    const { clock, desk } = this.#world;
    const confirm = () => {
      if (desk.isRunning) desk.take(actBy(to, { kind: "confirm-test-page", testId: incidentId }));
    };
    if (kind === "test") clock.after(answer.afterMs, confirm, answer.place);
    if (kind !== "ring") return;
    const acknowledge = () => {
      const incident = holderOf(desk.state, incidentId);
      if (incident?.state !== "open" || !desk.isRunning) return;
      desk.take(actBy(to, { kind: "acknowledge", incidentId: incident.incidentId }));
    };
    clock.after(answer.afterMs, acknowledge, answer.place);
  }
}
