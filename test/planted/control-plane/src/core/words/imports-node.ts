// plants: no-restricted-imports
// core/ does no I/O; the glob node:* would miss this one.
import { readFile } from "node:fs/promises";

export const kept = [readFile];
