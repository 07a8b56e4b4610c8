// plants: no-restricted-imports
// replay/ drives the pure core and no shell of the Worker.
import { planted } from "../src/actors/shard/host-shard.ts";

export const kept = [planted];
