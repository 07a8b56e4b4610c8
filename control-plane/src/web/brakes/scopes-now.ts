// The scopes that there are just now, asked of all shards.
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { Scope } from "../../core/words/subject.ts";
import type { Reads } from "../../http/reads.ts";
import { snapshotsOf } from "../../http/snapshots.ts";
import { scopesOf } from "./scopes.ts";

export interface ScopesNow {
  /** the fleet is there whatever the shards do */
  readonly scopes: readonly Scope[];
  readonly hosts: readonly HostState[];
  /** shards that did not answer just now */
  readonly silentShards: readonly string[];
}

/** What a person may point at. */
export async function scopesNow({ desk, shard }: Reads): Promise<ScopesNow> {
  const snapshots = await snapshotsOf(shard, await desk.shardNames());
  const hosts = snapshots.flatMap((snapshot) => snapshot.hosts ?? []);
  return {
    scopes: scopesOf(hosts),
    hosts,
    silentShards: snapshots.filter((snapshot) => snapshot.hosts === null).map(({ shard }) => shard),
  };
}
