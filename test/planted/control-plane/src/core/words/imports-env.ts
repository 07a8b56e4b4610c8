// plants: no-restricted-imports
// Bindings are the shell's.
import type { Env } from "../../env.ts";

export type Kept = Env;
