// plants: no-restricted-imports
// A path that starts at home and climbs out is still out.
import { planted } from "./../../edge-agent/src/main.ts";

export const kept = [planted];
