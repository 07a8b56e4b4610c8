// Finds records by what is in them, without looking at all of them: made once, and kept up from one value of the records to the next by
// what changed between them. Pure to whoever asks.
// What a reader would get wrong: a key or an instant is made of the one record, and asked for again only when that record is another one.
// What depends on more than the record has to say so: an instant is made anew for all when what is `given` is another value.
import { DueList } from "./due-list.ts";
import { type KeptUp, keptUp, type Placed, type Records } from "./records.ts";

/** Finds the records of a key, in their order. A record without a key (null) is in no list. */
export function groupedBy<V>(
  keyOf: (value: V) => string | null,
): (records: Records<V>, key: string) => readonly V[] {
  const groupsOf = keptUp<V, Groups<V>>(() => new Groups(keyOf));
  return (records, key) => groupsOf(records).list(key);
}

/** Finds the records that are due. */
export interface DueRecords<V, Given> {
  /** when the first one is due; null: none ever is */
  earliestAt(records: Records<V>, given: Given): number | null;
  /** the first instant after now; null: there is none */
  nextAfter(records: Records<V>, given: Given, now: number): number | null;
  /** those that are due now or were before, in the order of the records */
  dueAt(records: Records<V>, given: Given, now: number): readonly V[];
}

/** Keeps the instant at which each record is due (null: never); `given` is what else it depends on, compared by identity. */
export function dueBy<V, Given>(dueAtOf: (value: V, given: Given) => number | null): DueRecords<V, Given> {
  const dueOf = keptUp<V, Due<V, Given>>((all) => new Due(all, dueAtOf));
  return {
    earliestAt: (records, given) => dueOf(records).list(given).earliestAt(),
    nextAfter: (records, given, now) => dueOf(records).list(given).nextAfter(now),
    dueAt: (records, given, now) => dueOf(records).values(given, now),
  };
}

class Groups<V> implements KeptUp<V> {
  readonly #keyOf: (value: V) => string | null;
  readonly #keys = new Map<string, string>();
  readonly #groups = new Map<string, Map<string, Placed<V>>>();
  readonly #lists = new Map<string, readonly V[]>();

  constructor(keyOf: (value: V) => string | null) {
    this.#keyOf = keyOf;
  }

  changed(id: string, placed: Placed<V> | undefined): void {
    const before = this.#keys.get(id);
    const key = placed === undefined ? null : this.#keyOf(placed.value);
    if (before !== undefined && before !== key) this.#remove(id, before);
    if (key === null || placed === undefined) return;
    this.#keys.set(id, key);
    const group = this.#groups.get(key) ?? new Map<string, Placed<V>>();
    this.#groups.set(key, group.set(id, placed));
    this.#lists.delete(key);
  }

  list(key: string): readonly V[] {
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const list = inOrder(this.#groups.get(key)?.values() ?? []);
    if (list.length > 0) this.#lists.set(key, list);
    return list;
  }

  #remove(id: string, key: string): void {
    const group = this.#groups.get(key);
    group?.delete(id);
    if (group?.size === 0) this.#groups.delete(key);
    this.#keys.delete(id);
    this.#lists.delete(key);
  }
}

class Due<V, Given> implements KeptUp<V> {
  readonly #dueAtOf: (value: V, given: Given) => number | null;
  readonly #all: ReadonlyMap<string, Placed<V>>;
  readonly #list = new DueList();
  #unjudged = new Set<string>();
  #given: Given | null = null;

  constructor(all: ReadonlyMap<string, Placed<V>>, dueAtOf: (value: V, given: Given) => number | null) {
    this.#all = all;
    this.#dueAtOf = dueAtOf;
  }

  changed(id: string): void {
    this.#unjudged.add(id);
  }

  list(given: Given): DueList {
    const ids = given === this.#given ? this.#unjudged : new Set([...this.#all.keys(), ...this.#unjudged]);
    this.#unjudged = ids;
    this.#given = given;
    for (const id of ids) {
      const placed = this.#all.get(id);
      this.#list.set(id, placed === undefined ? null : this.#dueAtOf(placed.value, given));
    }
    this.#unjudged = new Set();
    return this.#list;
  }

  values(given: Given, now: number): readonly V[] {
    const ids = this.list(given).dueAt(now);
    return inOrder(ids.flatMap((id) => this.#all.get(id) ?? []));
  }
}

function inOrder<V>(placed: Iterable<Placed<V>>): readonly V[] {
  return [...placed].sort((left, right) => left.place - right.place).map(({ value }) => value);
}
