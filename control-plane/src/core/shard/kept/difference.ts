// The difference between two JSON values, compared key by key so that it stays small: a host's attachment has room for what its row does
// not say yet, and not for all of it. Pure. A key whose value is undefined counts as absent, as it does in JSON.

/** `[value]`: that value instead; 0: no more; a record: by key, or by index of a list of the same length. */
export type Difference = readonly [unknown] | 0 | { readonly [key: string]: Difference };

type Keyed = Readonly<Record<string, unknown>>;

/** The difference; null: they are the same. */
export function differenceOf(before: unknown, after: unknown): Difference | null {
  if (before === after) return null;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return differenceOfLists(before as readonly unknown[], after as readonly unknown[]);
  if (!isRecord(before) || !isRecord(after)) return [after];
  const changes: [string, Difference][] = [];
  for (const key of Object.keys(after)) {
    const [was, is] = [ownOf(before, key), after[key]];
    const change = was === is ? null : changeOf(was, is);
    if (change !== null) changes.push([key, change]);
  }
  for (const key of Object.keys(before))
    if (before[key] !== undefined && !Object.hasOwn(after, key)) changes.push([key, 0]);
  return changes.length === 0 ? null : Object.fromEntries(changes);
}

/** The other value again. The difference may come from a place that we did not write last, but it is our own. */
export function withDifference(before: unknown, difference: Difference): unknown {
  if (difference === 0) return undefined;
  if (isOther(difference)) return difference[0];
  const changes = Object.entries(difference);
  if (Array.isArray(before)) {
    const list = [...(before as readonly unknown[])];
    for (const [index, change] of changes) list[Number(index)] = withDifference(list[Number(index)], change);
    return list;
  }
  const after = new Map(Object.entries(before as Keyed));
  for (const [key, change] of changes)
    if (change === 0) after.delete(key);
    else after.set(key, withDifference(after.get(key), change));
  return Object.fromEntries(after);
}

// By number and not by key: lists are most of what is compared.
function differenceOfLists(before: readonly unknown[], after: readonly unknown[]): Difference | null {
  let changes: Record<string, Difference> | null = null;
  for (let index = 0; index < after.length; index += 1) {
    const change = before[index] === after[index] ? null : changeOf(before[index], after[index]);
    if (change !== null) (changes ??= {})[index] = change;
  }
  return changes;
}

function changeOf(before: unknown, after: unknown): Difference | null {
  if (after === undefined) return before === undefined ? null : 0;
  return before === undefined ? [after] : differenceOf(before, after);
}

function isOther(difference: Difference): difference is readonly [unknown] {
  return Array.isArray(difference);
}

// Names come from hosts, and `constructor` is a name too.
function ownOf(record: Keyed, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function isRecord(value: unknown): value is Keyed {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
