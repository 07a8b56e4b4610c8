// What belongs to an incident that is not there: what is left of one that could not be read, and was put aside. Pure: only what has
// changed since the last time is looked at.
import { type KeptUp, keptUp, type Placed } from "@countersign/shared/values/records";
import type { Incident } from "../records/incident.ts";
import { BELONGINGS } from "./belongings.ts";
import type { DeskState } from "./desk-state.ts";

/** The ids of incidents that are missing, to which something belongs. */
export function orphanedIn(state: DeskState): readonly string[] {
  return orphans(state.incidents).among(state);
}

const orphans = keptUp<Incident, Orphans>(() => new Orphans());

class Orphans implements KeptUp<Incident> {
  readonly #owners = BELONGINGS.map(({ watch }) => watch());
  readonly #suspects = new Set<string>();

  changed(id: string, placed: Placed<Incident> | undefined): void {
    if (placed === undefined) this.#suspects.add(id);
  }

  among(state: DeskState): readonly string[] {
    for (const ownersIn of this.#owners)
      for (const id of ownersIn(state).takeIncidents()) this.#suspects.add(id);
    for (const id of this.#suspects) if (!isOrphaned(state, id)) this.#suspects.delete(id);
    return [...this.#suspects];
  }
}

function isOrphaned(state: DeskState, incidentId: string): boolean {
  return !state.incidents.has(incidentId) && BELONGINGS.some(({ hasAny }) => hasAny(state, incidentId));
}
