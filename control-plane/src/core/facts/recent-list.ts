// Dated entries in a rolling window, oldest first, bounded. Pure. An entry exactly a window old has left it. Every function returns
// the very same list when nothing changed, so that a rule's slice keeps its identity.

export interface Dated {
  readonly at: number;
}

/** The entries that are still in the window. */
export function recentOf<T extends Dated>(
  entries: readonly T[],
  now: number,
  windowMs: number,
): readonly T[] {
  const kept = entries.filter(({ at }) => at > now - windowMs);
  return kept.length === entries.length ? entries : kept;
}

/** The list with one more entry, in the order of instants; the oldest fall off at the bound. */
export function withRecent<T extends Dated>(entries: readonly T[], entry: T, max: number): readonly T[] {
  return [...entries, entry].sort((left, right) => left.at - right.at).slice(-max);
}

/** When the oldest entry leaves the window; null: there is none. */
export function recentChangesAt(entries: readonly Dated[], windowMs: number): number | null {
  const [oldest] = entries;
  return oldest === undefined ? null : oldest.at + windowMs;
}
