// One host as its own shard knows it now: the one question to a shard that a view asks. A shard that hangs is one that does not answer.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { HostState } from "../core/shard/host/shard-state.ts";
import { bounded } from "../platform/bounded.ts";
import type { RegisteredHost } from "../platform/desk/desk-hosts.ts";
import type { HostShardRpc } from "../platform/rpc.ts";

const TIMEOUT_MS = 1_500;

/** null: the shard does not know it, though the desk does: it was enrolled, or retired, just now. */
export async function hostNow(
  shardOf: (name: string) => Pick<HostShardRpc, "host">,
  { hostId, shard }: RegisteredHost,
): Promise<Result<HostState | null, { readonly reason: "shard-silent" }>> {
  try {
    return ok(await bounded(shardOf(shard).host(hostId), TIMEOUT_MS, `Ask ${shard} for a host`));
  } catch (error) {
    console.error(`Ask ${shard} for a host:`, error);
    return refuse({ reason: "shard-silent" });
  }
}
