// What the shards know of their hosts, asked of all at once. A shard that does not answer costs a view its hosts, not the view.
import type { HostState } from "../core/shard/host/shard-state.ts";
import type { ShardReads } from "./reads.ts";

export interface Snapshot {
  readonly shard: string;
  /** null: the shard did not answer. The view says so: that is where this failure is recorded */
  readonly hosts: readonly HostState[] | null;
}

/** One snapshot for each shard, in the same order. */
export function snapshotsOf(
  shardOf: (name: string) => ShardReads,
  shards: readonly string[],
): Promise<readonly Snapshot[]> {
  return Promise.all(shards.map((shard) => snapshotOf(shardOf, shard)));
}

async function snapshotOf(shardOf: (name: string) => ShardReads, shard: string): Promise<Snapshot> {
  try {
    return { shard, hosts: await shardOf(shard).snapshot() };
  } catch {
    return { shard, hosts: null };
  }
}
