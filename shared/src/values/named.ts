// Values by a name that came from outside: a service, a check, a host, a channel, an id out of an address. A plain object answers to
// `constructor`, `toString` and `__proto__` without holding them, so nothing here is ever indexed: TypeScript refuses `record[name]`
// on a `Named`, and these functions look at own properties alone. Pure, but for `setNamed`.
// What a reader would get wrong: at run time it is a plain JSON object, so that it can be stored, cloned and sent as it is. `for … in`
// over it is sound (own names come alone); `in`, `Object.assign` and a cast back to a record are not. test/tidy.test.ts keeps it so.

/** Values by name. The one property is for the type alone (a symbol could not pass an RPC's types): no value has it. */
export interface Named<out V> {
  readonly "read with the functions of named.ts": V;
}

type Own<V> = Record<string, V>;

/** Nothing by any name. */
export const NONE_NAMED: Named<never> = Object.freeze({}) as unknown as Named<never>;

/** The value of that name; undefined: there is none. */
export function namedAt<V>(record: Named<V> | undefined, name: string): V | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? ownOf(record)[name] : undefined;
}

/** Whether there is a value of that name. */
export function hasNamed(record: Named<unknown>, name: string): boolean {
  return Object.hasOwn(record, name);
}

/** The record with one value set. */
export function withNamed<V>(record: Named<V>, name: string, value: V): Named<V> {
  // a computed key makes an own property, `__proto__` too
  return namedOf({ ...ownOf(record), [name]: value });
}

/** The record without that name. */
export function withoutNamed<V>(record: Named<V>, name: string): Named<V> {
  const { [name]: _removed, ...rest } = ownOf(record);
  return namedOf(rest);
}

/** Sets a value in place: only for whoever made the record, and before anybody else holds it. */
export function setNamed<V>(record: Named<V>, name: string, value: V): void {
  // the one name by which an assignment changes something else
  if (name === "__proto__")
    Object.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true });
  else ownOf(record)[name] = value;
}

/** The record as it is written down: for names of our own, or computed ones. */
export function named<V>(record: Readonly<Record<string, V>>): Named<V> {
  return namedOf(record);
}

/** The record of these names and values; of a name that comes twice the last one. */
export function namedFrom<V>(entries: Iterable<readonly [string, V]>): Named<V> {
  return namedOf(Object.fromEntries(entries));
}

export function namesOf(record: Named<unknown>): string[] {
  return Object.keys(record);
}

export function valuesOf<V>(record: Named<V>): V[] {
  return Object.values(ownOf(record));
}

export function entriesOf<V>(record: Named<V>): [string, V][] {
  return Object.entries(ownOf(record));
}

/** Whether there is no name at all; cheaper than counting them. */
export function isNoneNamed(record: Named<unknown>): boolean {
  for (const _name in record) return false;
  return true;
}

function ownOf<V>(record: Named<V>): Own<V> {
  return record as unknown as Own<V>;
}

function namedOf<V>(own: Own<V>): Named<V> {
  return own as unknown as Named<V>;
}
