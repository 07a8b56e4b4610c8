// Since when a host is not heard, for all that is drawn of its past: there its lines end. Pure.
import type { HostState } from "../../core/shard/host/shard-state.ts";

/** null: it is heard, or never was. */
export function silentSinceOf({
  lastSeenAt,
  liveness,
}: Pick<HostState, "lastSeenAt" | "liveness">): number | null {
  if (lastSeenAt === 0) return null;
  return liveness === "down" || liveness === "unknown" ? lastSeenAt : null;
}
