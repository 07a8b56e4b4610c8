// plants: no-restricted-imports
// The command starts no Worker.
import { planted } from "../embedded/start.ts";

export const kept = [planted];
