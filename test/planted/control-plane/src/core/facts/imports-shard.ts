// plants: no-restricted-imports
// facts/ stands below shard/.
import type { ShardState } from "../shard/host/shard-state.ts";

export type Kept = ShardState;
