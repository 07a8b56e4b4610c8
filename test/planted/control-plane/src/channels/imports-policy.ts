// plants: no-restricted-imports
// channels/ stands on shared/ alone.
import type { Policy } from "../policy/policy.ts";

export type Kept = Policy;
