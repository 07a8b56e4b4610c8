// plants: no-restricted-imports
// stored stands below the platform.
import type { SignIn } from "../platform/rpc.ts";

export type Kept = SignIn;
