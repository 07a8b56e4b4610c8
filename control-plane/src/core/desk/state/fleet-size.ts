// How many hosts the fleet has, ever heard and not retired, and how many of them are late, as their shards told it. Pure.
import type { DeskState } from "./desk-state.ts";

/** null: no shard has told it. */
export function fleetSizeOf({ censuses }: Pick<DeskState, "censuses">): number | null {
  if (censuses.size === 0) return null;
  return censuses.values().reduce((sum, { connected }) => sum + connected, 0);
}

/** Silent, not understood once, or away by its own word, and not yet down; null: no shard has told it. */
export function lateCountOf({ censuses }: Pick<DeskState, "censuses">): number | null {
  if (censuses.size === 0) return null;
  return censuses.values().reduce((sum, { late = 0 }) => sum + late, 0);
}
