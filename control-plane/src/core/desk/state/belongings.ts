// What belongs to an incident, of whichever kind: it keeps its incident in the state until it is settled, and leaves with it. Pure: by an index
// for each kind, so that nobody looks at all of them.
import type { Records } from "@countersign/shared/values/records";
import { groupedBy } from "@countersign/shared/values/records-index";
import type { DeskRecord, Owned } from "../records/desk-record.ts";
import { changedOwners, type ChangedOwners } from "./changed-owners.ts";
import { type Collection, DESK_RECORDS, type DeskState } from "./desk-state.ts";
import { COLLECTIONS } from "./empty-desk.ts";

/** Those of one place in the state. */
interface Belongings {
  readonly hasAny: (state: DeskState, incidentId: string) => boolean;
  readonly areSettled: (state: DeskState, incidentId: string) => boolean;
  readonly without: (state: DeskState, incidentId: string) => DeskState;
  /** each asker makes one of its own */
  readonly watch: () => (state: DeskState) => ChangedOwners<Owned>;
}

/** Every place in which something belongs to incidents. */
export const BELONGINGS: readonly Belongings[] = COLLECTIONS.flatMap((collection) => {
  const record = DESK_RECORDS[collection] as unknown as DeskRecord<Owned, string>;
  return typeof record.whenOver === "string" ? [] : [belongingsIn(collection, record, record.whenOver)];
});

function belongingsIn(
  collection: Collection,
  { keyOf }: Pick<DeskRecord<Owned, string>, "keyOf">,
  { isSettled }: { readonly isSettled: (record: Owned) => boolean },
): Belongings {
  const recordsIn = (state: DeskState) => state[collection] as unknown as Records<Owned>;
  const listIn = groupedBy<Owned>(({ incidentId }) => incidentId);
  const of = (state: DeskState, incidentId: string) => listIn(recordsIn(state), incidentId);
  return {
    hasAny: (state, incidentId) => of(state, incidentId).length > 0,
    areSettled: (state, incidentId) => of(state, incidentId).every(isSettled),
    without: (state, incidentId) => ({
      ...state,
      [collection]: of(state, incidentId).reduce(
        (kept, record) => kept.without(keyOf(record)),
        recordsIn(state),
      ),
    }),
    watch: () => {
      const ownersOf = changedOwners<Owned>();
      return (state) => ownersOf(recordsIn(state));
    },
  };
}
