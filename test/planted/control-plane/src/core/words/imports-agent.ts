// plants: no-restricted-imports
// The two sides never import each other.
import { planted } from "@countersign/edge-agent/main";

export const kept = [planted];
