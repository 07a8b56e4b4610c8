// How many hosts are how: what D1 counted, with the desk's word over it. Pure. What a reader would get wrong: where more are
// down by the desk than a list may name, which of them D1 holds otherwise is not asked; they are taken from those that are
// well.
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import type { HostsNow } from "../platform/rpc.ts";
import { type HostCounts, type HostRow, type ListedState, listedStateOf } from "../read-side/listed-host.ts";
import type { HostGroup } from "../read-side/queries/host-rows.ts";

/** `downRows`: the rows of those that are down by the desk, as far as they were read. */
export function countsOf(
  { blindShards, down }: Pick<HostsNow, "blindShards" | "down">,
  groups: readonly HostGroup[],
  downRows: readonly HostRow[],
): HostCounts {
  const counts: Record<ListedState, number> = { down: 0, failing: 0, unknown: 0, well: 0 };
  const seen = (shard: string, state: ListedState) =>
    state !== "down" && blindShards.includes(shard) ? "unknown" : state;
  for (const { count, shard, state } of groups) counts[seen(shard, state)] += count;
  for (const row of downRows) {
    const state = seen(row.shard, listedStateOf(row));
    if (counts[state] > 0) counts[state] -= 1;
    counts.down += 1;
  }
  // Those that D1 does not list at all yet.
  counts.down += Math.max(0, Math.min(LIST_ROWS_MAX, down.length) - downRows.length);
  const untold = Math.min(counts.well, Math.max(0, down.length - counts.down));
  return { ...counts, down: counts.down + untold, well: counts.well - untold };
}
