// What the hosts of a fleet say of themselves, from all shards, to be compared where many fail alike. A shard that does not
// answer is left out, for nothing is decided from it; where none does, nothing is known.
import type { HostTraits } from "../core/words/host-traits.ts";
import { bounded } from "../platform/bounded.ts";
import type { HostShardRpc, IncidentDeskRpc } from "../platform/rpc.ts";

const TIMEOUT_MS = 1_500;

interface Reads {
  readonly desk: Pick<IncidentDeskRpc, "shardNames">;
  readonly shard: (name: string) => Pick<HostShardRpc, "hostTraits">;
}

/** Of hosts that have a service, or (null) of all; null: no shard answers. */
export async function traitsOf(
  { desk, shard }: Reads,
  service: string | null,
): Promise<readonly HostTraits[] | null> {
  const names = await desk.shardNames();
  const answers = await Promise.all(
    names.map(async (name) => {
      try {
        return await bounded(shard(name).hostTraits(service), TIMEOUT_MS, `Ask ${name} for its hosts`);
      } catch (error) {
        console.error(`Ask ${name} for its hosts:`, error);
        return null;
      }
    }),
  );
  const known = answers.filter((answer) => answer !== null);
  return known.length === 0 ? null : known.flat();
}
