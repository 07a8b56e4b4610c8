// plants: no-restricted-imports
// The two sides never import each other.
import { planted } from "../../edge-agent/src/main.ts";

export const kept = [planted];
