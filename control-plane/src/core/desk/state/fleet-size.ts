// How many hosts the fleet has: those that were ever heard and are not retired, as their shards told it. Pure.
import type { DeskState } from "./desk-state.ts";

/** null: no shard has told it. */
export function fleetSizeOf({ censuses }: Pick<DeskState, "censuses">): number | null {
  if (censuses.size === 0) return null;
  return censuses.values().reduce((sum, { connected }) => sum + connected, 0);
}
