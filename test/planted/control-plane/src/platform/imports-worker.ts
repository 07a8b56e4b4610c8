// plants: no-restricted-imports
// worker.ts is the top.
import { planted } from "../worker.ts";

export const kept = [planted];
