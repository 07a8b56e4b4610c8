// plants: no-restricted-imports
// replay/ drives the shell and the core on no platform.
import { planted } from "../src/platform/shard/host-shard.ts";

export const kept = [planted];
