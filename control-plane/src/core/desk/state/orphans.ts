// Approvals and pages whose incident is not there: what is left of one that could not be read, and was put aside. Pure: only what has
// changed since the last time is looked at.
import { type KeptUp, keptUp, type Placed } from "@countersign/shared/values/records";
import { changedOwners } from "./changed-owners.ts";
import { approvalsOf, pagesOf } from "./desk-index.ts";
import type { Approval, DeskState, Incident, Page } from "./desk-state.ts";

/** The ids of incidents that are missing, of which there are approvals or pages. */
export function orphanedIn(state: DeskState): readonly string[] {
  return orphans(state.incidents).among(state);
}

const orphans = keptUp<Incident, Orphans>(() => new Orphans());

class Orphans implements KeptUp<Incident> {
  readonly #approvals = changedOwners<Approval>();
  readonly #pages = changedOwners<Page>();
  readonly #suspects = new Set<string>();

  changed(id: string, placed: Placed<Incident> | undefined): void {
    if (placed === undefined) this.#suspects.add(id);
  }

  among(state: DeskState): readonly string[] {
    const changed = [this.#approvals(state.approvals), this.#pages(state.pages)];
    for (const owners of changed) for (const id of owners.takeIncidents()) this.#suspects.add(id);
    for (const id of this.#suspects) if (!isOrphaned(state, id)) this.#suspects.delete(id);
    return [...this.#suspects];
  }
}

function isOrphaned(state: DeskState, incidentId: string): boolean {
  if (state.incidents.has(incidentId)) return false;
  return approvalsOf(state, incidentId).length > 0 || pagesOf(state, incidentId).length > 0;
}
