// plants: no-restricted-imports
// core/ does no I/O.
import { readFileSync } from "node:fs";

export const kept = [readFileSync];
