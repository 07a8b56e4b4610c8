// plants: no-restricted-imports
// values/ is the ground of shared/.
import type { Fact } from "../wire/fact.ts";

export type Kept = Fact;
