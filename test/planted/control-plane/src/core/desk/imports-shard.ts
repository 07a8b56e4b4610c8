// plants: no-restricted-imports
// shard/ and desk/ stand side by side.
import type { ShardState } from "../shard/host/shard-state.ts";

export type Kept = ShardState;
