// Which of the desk's records keep a decision from being made. Pure, but for the question itself: whoever asks tries a decision on a part
// of the state. Halving finds one among thousands in a dozen tries, each smaller than the one before.
// What a reader would get wrong: an incident is tried together with its approvals and pages, for a decision about it reads them all.
// Weakness: where only records of several incidents together cannot be decided, none is found.
import { type Records, recordsFrom } from "@countersign/shared/values/records";
import type { DeskState } from "./desk-state.ts";

/** One record of the state. */
export interface RecordPlace {
  readonly collection: keyof DeskState;
  readonly id: string;
}

type Unit = readonly RecordPlace[];

/** The records without which the state can be decided; none when it can be as it is, or when no record is to blame. */
export function findCulprits(
  state: DeskState,
  isDecidable: (part: DeskState) => boolean,
): readonly RecordPlace[] {
  const tries = (places: readonly RecordPlace[]) => isDecidable(only(state, places));
  if (!tries([])) return [];
  return culpritsIn(unitsOf(state), tries).flatMap((unit) => narrowest(unit, tries));
}

/** The state without some records. */
export function withoutRecords(state: DeskState, places: readonly RecordPlace[]): DeskState {
  const gone = new Set(places.map(keyOf));
  return filtered(state, (place) => !gone.has(keyOf(place)));
}

function culpritsIn(
  units: readonly Unit[],
  isDecidable: (places: readonly RecordPlace[]) => boolean,
): readonly Unit[] {
  if (units.length === 0 || isDecidable(units.flat())) return [];
  if (units.length === 1) return units;
  const middle = Math.ceil(units.length / 2);
  return [units.slice(0, middle), units.slice(middle)].flatMap((half) => culpritsIn(half, isDecidable));
}

// One page of an incident must not cost the incident, and an incident not its pages: they may be on their way.
function narrowest(unit: Unit, isDecidable: (places: readonly RecordPlace[]) => boolean): Unit {
  const isIncident = ({ collection }: RecordPlace) => collection === "incidents";
  const ordered = [...unit.filter((place) => !isIncident(place)), ...unit.filter(isIncident)];
  const culprit = ordered.find((place) => isDecidable(unit.filter((other) => other !== place)));
  return culprit === undefined ? unit : [culprit];
}

function unitsOf(state: DeskState): readonly Unit[] {
  const units = new Map<string, RecordPlace[]>();
  for (const collection of Object.keys(state) as (keyof DeskState)[])
    for (const [id, record] of state[collection].entries()) {
      const { incidentId } = record as { readonly incidentId?: unknown };
      const unit = typeof incidentId === "string" ? incidentId : `${collection} ${id}`;
      units.set(unit, [...(units.get(unit) ?? []), { collection, id }]);
    }
  return [...units.values()];
}

function only(state: DeskState, places: readonly RecordPlace[]): DeskState {
  const kept = new Set(places.map(keyOf));
  return filtered(state, (place) => kept.has(keyOf(place)));
}

function filtered(state: DeskState, isKept: (place: RecordPlace) => boolean): DeskState {
  const collections = (Object.keys(state) as (keyof DeskState)[]).map((collection) => {
    const records: Records<object> = state[collection];
    return [collection, recordsFrom(records.entries().filter(([id]) => isKept({ collection, id })))];
  });
  return Object.fromEntries(collections) as DeskState;
}

function keyOf({ collection, id }: RecordPlace): string {
  return `${collection} ${id}`;
}
