// What came instead of what was expected, in words: counted in full by reason and kind, and the first few of it. Pure.
import { offsetText } from "../file/written-times.ts";
import type { RecordedPage } from "../printed/replay-record.ts";

const LISTED_MAX = 5;

/** Counts by name, the most frequent first: `48 ring check-failing, 2 update latency-high`. */
export function countsText(names: readonly string[]): string {
  const counts = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return counts
    .toSorted((one, other) => other[1] - one[1])
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}

/** How pages are counted: by kind, and the reason that each was found for, or else that of its title. */
export function pageCounts(pages: readonly RecordedPage[], reason?: string): string {
  return countsText(pages.map((page) => `${page.kind} ${reason ?? page.reason ?? "without a reason"}`));
}

/** What was found, counted, and the first few with their times. */
export function foundText<T extends { readonly at: number }>(
  entries: readonly T[],
  told: {
    readonly startAt: number;
    readonly none: string;
    readonly counts: string;
    readonly textOf: (entry: T) => string;
  },
): string {
  const { counts, none, startAt, textOf } = told;
  if (entries.length === 0) return none;
  const listed = entries
    .slice(0, LISTED_MAX)
    .map((entry) => `${offsetText(entry.at - startAt)} ${textOf(entry)}`);
  const more = entries.length - listed.length;
  const last =
    more === 0 ? [] : [`and ${more} more until ${offsetText((entries.at(-1)?.at ?? 0) - startAt)}`];
  return `${entries.length} (${counts}): ${[...listed, ...last].join("; ")}`;
}
