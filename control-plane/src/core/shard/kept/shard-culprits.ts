// Which host, or whether the shard's own state, is to blame where no decision can be made. Pure, but for the question itself: whoever asks
// tries a decision on a part of the shard. Halving finds one host among a thousand in ten tries.
import { NO_RECORDS, recordsFrom } from "@countersign/shared/values/records";
import type { ShardState } from "../host/shard-state.ts";

/** What no decision can be made with. `events`: neither a host nor the shard, so it is the event itself. */
export type ShardCulprits =
  | { readonly kind: "hosts"; readonly hostIds: readonly string[] }
  | { readonly kind: "own" | "events" };

/** Looks for what is to blame; `isDecidable` tries what time alone brings. */
export function findShardCulprits(
  state: ShardState,
  isDecidable: (part: ShardState) => boolean,
): ShardCulprits {
  if (!isDecidable({ ...state, hosts: NO_RECORDS })) return { kind: "own" };
  const hostIds = culpritsIn(state.hosts.ids(), (ids) =>
    isDecidable({ ...state, hosts: pick(state.hosts, ids) }),
  );
  return hostIds.length === 0 ? { kind: "events" } : { kind: "hosts", hostIds };
}

function culpritsIn(
  hostIds: readonly string[],
  isDecidable: (hostIds: readonly string[]) => boolean,
): readonly string[] {
  if (hostIds.length === 0 || isDecidable(hostIds)) return [];
  if (hostIds.length === 1) return hostIds;
  const middle = Math.ceil(hostIds.length / 2);
  return [hostIds.slice(0, middle), hostIds.slice(middle)].flatMap((half) => culpritsIn(half, isDecidable));
}

function pick(hosts: ShardState["hosts"], hostIds: readonly string[]): ShardState["hosts"] {
  const kept = new Set(hostIds);
  return recordsFrom(hosts.entries().filter(([hostId]) => kept.has(hostId)));
}
