// plants: no-restricted-imports
// stored stands below the actors.
import type { SignIn } from "../actors/rpc.ts";

export type Kept = SignIn;
