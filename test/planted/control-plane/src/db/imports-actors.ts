// plants: no-restricted-imports
// db stands below actors.
import { HostShard } from "../actors/host-shard.ts";

export const kept = [HostShard];
