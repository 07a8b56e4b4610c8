// plants: no-restricted-imports
// replay/ uses the Worker, never the reverse.
import { planted } from "../../replay/run-replay.ts";

export const kept = [planted];
