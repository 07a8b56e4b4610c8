// plants: no-restricted-imports
// replay/ starts no Worker.
import { planted } from "../embedded/start.ts";

export const kept = [planted];
