// plants: no-restricted-imports
// main.ts is the top.
import { planted } from "./main.ts";

export const kept = [planted];
