// plants: no-restricted-imports
// The table is data: the command loads it, and answers would come with it.
import { planted } from "../answers/audit.ts";

export const kept = [planted];
