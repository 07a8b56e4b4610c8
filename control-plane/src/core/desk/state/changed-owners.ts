// Of which incidents an approval or a page has changed since somebody asked. Pure to whoever keeps it beside records.
import { type KeptUp, keptUp, type Placed, type Records } from "@countersign/shared/values/records";
import type { Owned } from "../records/desk-record.ts";

/** Makes something that says whose records have changed; each asker makes one of its own. Of other records it begins anew, as another value. */
export function changedOwners<V extends Owned>(): (records: Records<V>) => ChangedOwners<V> {
  return keptUp<V, ChangedOwners<V>>(() => new ChangedOwners<V>());
}

export class ChangedOwners<V extends Owned> implements KeptUp<V> {
  readonly #incidentIds = new Map<string, string>();
  #changed = new Set<string>();

  changed(id: string, placed: Placed<V> | undefined): void {
    const before = this.#incidentIds.get(id);
    if (before !== undefined) this.#changed.add(before);
    if (placed === undefined) {
      this.#incidentIds.delete(id);
      return;
    }
    this.#changed.add(placed.value.incidentId);
    this.#incidentIds.set(id, placed.value.incidentId);
  }

  /** The incidents of which one has changed, or is gone, since this was asked the last time. */
  takeIncidents(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }
}
