// What the shards know of their hosts, asked of all at once. A shard that does not answer costs a view its hosts, not the view.
import type { HostState } from "../core/shard/host/shard-state.ts";
import { shardOf, type Ctx } from "./context.ts";

export interface Snapshot {
  readonly shard: string;
  /** null: the shard did not answer. The view says so: that is where this failure is recorded */
  readonly hosts: readonly HostState[] | null;
}

/** One snapshot for each shard, in the same order. */
export function snapshotsOf(c: Ctx, shards: readonly string[]): Promise<readonly Snapshot[]> {
  return Promise.all(shards.map((shard) => snapshotOf(c, shard)));
}

async function snapshotOf(c: Ctx, shard: string): Promise<Snapshot> {
  try {
    return { shard, hosts: await shardOf(c.env, shard).snapshot() };
  } catch {
    return { shard, hosts: null };
  }
}
