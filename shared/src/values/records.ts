// Many records by id, of which each decision reads a few and changes a few. A value like any other: `with` and `without` return the next
// one, and every earlier one stays as it was. Pure to whoever uses it; inside, one map is changed in place, so that no change copies all.
// The newest value is the map itself; an earlier one holds what its next one made different (Baker's trick). Reading an earlier one
// turns the map back to it, in as many steps as changes lie between, and one that is read far from the map gets a map of its own.
// What a reader would get wrong: the order is that of a plain object: a new id comes last, a value that replaces another keeps its place.
import { type Named, namedFrom } from "./named.ts";
import { assert } from "./result.ts";

/** Values by id, in order. Compares, prints and is written as JSON as a plain object of these values would. */
export interface Records<V> extends Iterable<readonly [string, V]> {
  readonly size: number;
  get(id: string): V | undefined;
  has(id: string): boolean;
  ids(): readonly string[];
  values(): readonly V[];
  entries(): readonly (readonly [string, V])[];
  /** the records with one value set */
  with(id: string, value: V): Records<V>;
  /** the records without that id */
  without(id: string): Records<V>;
  toJSON(): Named<V>;
}

/** What two values of the same records hold by one id; undefined: nothing. */
export interface RecordChange<V> {
  readonly id: string;
  readonly before: V | undefined;
  readonly after: V | undefined;
}

/** A value and its place among all: places grow in the order of the records, and a value that replaces another takes its place. */
export interface Placed<V> {
  readonly value: V;
  readonly place: number;
}

/** What is made of records and kept up from each value to the next, such as an index. */
export interface KeptUp<V> {
  /** the value by an id is another one; undefined: it is gone */
  changed(id: string, placed: Placed<V> | undefined): void;
}

/** The records with these ids and values, in this order; of an id that comes twice the last value. */
export function recordsFrom<V>(entries: Iterable<readonly [string, V]>): Records<V> {
  const line = new Line<V>();
  for (const [id, value] of entries) line.set(id, value);
  return new Version(line);
}

/** In what two values differ, in the order of the later one, and then what it lacks. Costs what changed, where one was made of the other. */
export function changesBetween<V>(before: Records<V>, after: Records<V>): readonly RecordChange<V>[] {
  if (before === after) return [];
  const one = versionOf(before).stepTo(versionOf(after));
  if (one !== null) return [one];
  const line = versionOf(after).line();
  const held = versionOf(before).heldBefore(versionOf(after)) ?? [
    ...after.ids().map((id) => [id, undefined] as const),
    ...before,
  ];
  return Array.from(new Map(held), ([id, value]) => ({ id, before: value, after: line.slots.get(id)?.value }))
    .filter((change) => change.before !== change.after)
    .toSorted((left, right) => line.placeOf(left.id) - line.placeOf(right.id));
}

/**
 * Says that nobody reads the earlier of two values any more, where the later one was made of it: it then leads nowhere. Whoever holds records
 * for long calls this after each change, for a value that is gone would keep all that came after it alive until memory is cleaned as a whole.
 */
export function release<V>(earlier: Records<V>, later: Records<V>): void {
  if (earlier !== later) versionOf(earlier).endsBefore(versionOf(later));
}

/**
 * Something that is made once for records and all that is made of them, and is told of each change before it is asked again. `all` is
 * what the records hold whenever it is asked.
 */
export function keptUp<V, Kept extends KeptUp<V>>(
  make: (all: ReadonlyMap<string, Placed<V>>) => Kept,
): (records: Records<V>) => Kept {
  const owner = {};
  return (records) => versionOf(records).line().keptUp(owner, make);
}

/** What was made of the map, and the ids that it has not been told of. */
interface Listener<V> {
  readonly kept: KeptUp<V>;
  readonly untold: Set<string>;
  /** it was told of all others; false: it threw on its way, or has missed too much, and is made anew */
  isWhole: boolean;
}

/** Ids that nobody has asked for are noted up to this many more than there are; then the listener is forgotten and made anew. */
const UNTOLD_MORE_MAX = 1_000;

/** The map that is changed in place. */
class Line<V> {
  readonly slots = new Map<string, Placed<V>>();
  readonly #listeners = new Map<object, Listener<V>>();
  #nextPlace = 0;
  /** something that was taken out was put back: the map's own order is not that of the places */
  #isDisordered = false;
  #entries: readonly (readonly [string, V])[] | null = null;
  #values: readonly V[] | null = null;

  set(id: string, value: V): void {
    this.put(id, { value, place: this.slots.get(id)?.place ?? this.#nextPlace });
  }

  put(id: string, slot: Placed<V> | undefined): void {
    const known = this.slots.get(id);
    if (slot === undefined) this.slots.delete(id);
    else this.slots.set(id, slot);
    if (slot !== undefined && known === undefined && slot.place < this.#nextPlace) this.#isDisordered = true;
    if (slot !== undefined) this.#nextPlace = Math.max(this.#nextPlace, slot.place + 1);
    this.#entries = null;
    this.#values = null;
    for (const listener of this.#listeners.values()) this.#note(listener, id);
  }

  placeOf(id: string): number {
    return this.slots.get(id)?.place ?? this.#nextPlace;
  }

  entries(): readonly (readonly [string, V])[] {
    this.#order();
    this.#entries ??= Array.from(this.slots, ([id, { value }]) => [id, value] as const);
    return this.#entries;
  }

  values(): readonly V[] {
    this.#order();
    this.#values ??= Array.from(this.slots.values(), ({ value }) => value);
    return this.#values;
  }

  keptUp<Kept extends KeptUp<V>>(owner: object, make: (all: ReadonlyMap<string, Placed<V>>) => Kept): Kept {
    const known = this.#listeners.get(owner);
    const listener = known?.isWhole === true ? known : this.#listen(owner, make(this.slots));
    const { kept, untold } = listener;
    if (untold.size === 0) return kept as Kept;
    listener.isWhole = false;
    for (const id of untold) kept.changed(id, this.slots.get(id));
    untold.clear();
    listener.isWhole = true;
    return kept as Kept;
  }

  #listen(owner: object, kept: KeptUp<V>): Listener<V> {
    const listener = { kept, untold: new Set(this.slots.keys()), isWhole: true };
    this.#listeners.set(owner, listener);
    return listener;
  }

  #note(listener: Listener<V>, id: string): void {
    if (!listener.isWhole) return;
    listener.untold.add(id);
    if (listener.untold.size <= this.slots.size + UNTOLD_MORE_MAX) return;
    listener.isWhole = false;
    listener.untold.clear();
  }

  #order(): void {
    if (!this.#isDisordered) return;
    const ordered = [...this.slots].toSorted(([, left], [, right]) => left.place - right.place);
    this.slots.clear();
    for (const [id, slot] of ordered) this.slots.set(id, slot);
    this.#isDisordered = false;
  }
}

/** How a value differs from the next one made of it: what it holds by one id. */
interface Behind<V> {
  readonly next: Version<V>;
  readonly id: string;
  readonly slot: Placed<V> | undefined;
}

/** A value that is further than this from its map, and than there are records, gets a map of its own. */
const STEPS_BACK_MAX = 256;

class Version<V> implements Records<V> {
  /** null: it was released */
  #at: Line<V> | Behind<V> | null;

  constructor(line: Line<V>) {
    this.#at = line;
  }

  get size(): number {
    return this.line().slots.size;
  }

  get(id: string): V | undefined {
    return this.line().slots.get(id)?.value;
  }

  has(id: string): boolean {
    return this.line().slots.has(id);
  }

  ids(): readonly string[] {
    return this.entries().map(([id]) => id);
  }

  values(): readonly V[] {
    return this.line().values();
  }

  entries(): readonly (readonly [string, V])[] {
    return this.line().entries();
  }

  [Symbol.iterator](): Iterator<readonly [string, V]> {
    return this.entries()[Symbol.iterator]();
  }

  toJSON(): Named<V> {
    return namedFrom(this.entries());
  }

  with(id: string, value: V): Records<V> {
    const line = this.line();
    const slot = line.slots.get(id);
    if (slot !== undefined && slot.value === value) return this;
    // nothing is copied, and what everybody begins with belongs to nobody
    if (line.slots.size === 0) return recordsFrom([[id, value]]);
    line.set(id, value);
    return this.#followedBy(line, id, slot);
  }

  without(id: string): Records<V> {
    const line = this.line();
    const slot = line.slots.get(id);
    if (slot === undefined) return this;
    line.put(id, undefined);
    return this.#followedBy(line, id, slot);
  }

  /** The one change from this value to the next one made of it, which must be the map itself; null: that is not the next one. */
  stepTo(next: Version<V>): RecordChange<V> | null {
    const at = this.#at;
    if (at === null || at instanceof Line || at.next !== next || !(next.#at instanceof Line)) return null;
    return { id: at.id, before: at.slot?.value, after: next.#at.slots.get(at.id)?.value };
  }

  endsBefore(later: Version<V>): void {
    if (this.#at === null || this.#at instanceof Line || !(later.#at instanceof Line)) return;
    for (const version of [this, ...this.#pathToMap()]) if (version !== later) version.#at = null;
  }

  /** What this value holds by each id that was changed up to a later one, which must be the map itself; null: that was not made of this. */
  heldBefore(later: Version<V>): Iterable<readonly [string, V | undefined]> | null {
    const path = [this, ...this.#pathToMap()];
    if (path.at(-1) !== later) return null;
    // an id that was changed twice was first what the earlier change says
    return path.toReversed().flatMap((version) => {
      const at = version.#at;
      return at === null || at instanceof Line ? [] : [[at.id, at.slot?.value] as const];
    });
  }

  /** The map, turned to what this value holds. */
  line(): Line<V> {
    if (this.#at instanceof Line) return this.#at;
    const path = [this, ...this.#pathToMap()];
    const newest = (path.at(-1) ?? this).#at;
    assert(newest instanceof Line, "each value leads to its map");
    const line = path.length > STEPS_BACK_MAX + newest.slots.size ? copyOf(newest) : newest;
    const isCopy = line !== newest;
    for (const version of path.slice(0, -1).toReversed()) version.#turn(line, isCopy);
    this.#at = line;
    return line;
  }

  /** Undoes one change in the map. Where it is not a copy, the next value is behind this one from here on. */
  #turn(line: Line<V>, isCopy: boolean): void {
    if (this.#at === null || this.#at instanceof Line) return;
    const { id, next, slot } = this.#at;
    const replaced = line.slots.get(id);
    line.put(id, slot);
    if (isCopy) return;
    next.#at = { next: this, id, slot: replaced };
    this.#at = line;
  }

  #followedBy(line: Line<V>, id: string, slot: Placed<V> | undefined): Records<V> {
    const next = new Version(line);
    this.#at = { next, id, slot };
    return next;
  }

  #pathToMap(): readonly Version<V>[] {
    const path: Version<V>[] = [];
    let at = this.#at;
    while (!(at instanceof Line)) {
      assert(at !== null, "a value that was released is not read");
      path.push(at.next);
      at = at.next.#at;
    }
    return path;
  }
}

function copyOf<V>(line: Line<V>): Line<V> {
  const copy = new Line<V>();
  for (const [id, slot] of line.slots) copy.put(id, slot);
  return copy;
}

function versionOf<V>(records: Records<V>): Version<V> {
  assert(records instanceof Version, "records are made by recordsFrom");
  return records as Version<V>;
}

/** No records. */
export const NO_RECORDS: Records<never> = recordsFrom<never>([]);
