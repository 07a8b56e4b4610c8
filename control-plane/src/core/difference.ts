// What turns one JSON value into another, as small as it goes by keys: a host's attachment has room for what its row does not say yet,
// and not for all of it. Pure. A key whose value is undefined counts as absent, as it does in JSON.

/** `[value]`: that value instead; 0: no more; a record: by key, or by index of a list of the same length. */
export type Difference = readonly [unknown] | 0 | { readonly [key: string]: Difference };

type Keyed = Readonly<Record<string, unknown>>;

/** The difference; null: they are the same. */
export function differenceOf(before: unknown, after: unknown): Difference | null {
  if (before === after) return null;
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return differenceOfLists(before as readonly unknown[], after as readonly unknown[]);
  if (!isRecord(before) || !isRecord(after)) return [after];
  let changes: Record<string, Difference> | null = null;
  for (const key of Object.keys(after)) {
    const change = before[key] === after[key] ? null : changeOf(before[key], after[key]);
    if (change !== null) (changes ??= {})[key] = change;
  }
  for (const key of Object.keys(before))
    if (before[key] !== undefined && !(key in after)) (changes ??= {})[key] = 0;
  return changes;
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

/** The other value again. The difference may come from a place that we did not write last, but it is our own. */
export function withDifference(before: unknown, difference: Difference): unknown {
  if (difference === 0) return undefined;
  if (isOther(difference)) return difference[0];
  const after: Record<string, unknown> = Array.isArray(before)
    ? ([...(before as unknown[])] as unknown as Record<string, unknown>)
    : { ...(before as Keyed) };
  for (const [key, change] of Object.entries(difference))
    if (change === 0) delete after[key];
    else after[key] = withDifference(after[key], change);
  return after;
}

function changeOf(before: unknown, after: unknown): Difference | null {
  if (after === undefined) return before === undefined ? null : 0;
  return before === undefined ? [after] : differenceOf(before, after);
}

function isOther(difference: Difference): difference is readonly [unknown] {
  return Array.isArray(difference);
}

function isRecord(value: unknown): value is Keyed {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
