// plants: no-restricted-imports
// wire/ stands below policy/.
import type { Policy } from "../policy/policy.ts";

export type Kept = Policy;
