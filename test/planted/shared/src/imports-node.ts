// plants: no-restricted-imports
// shared/ runs in workerd too.
import { readFile } from "node:fs/promises";

export const kept = [readFile];
