// plants: no-restricted-imports
// read-side stands below the platform.
import type { SignIn } from "../platform/rpc.ts";

export type Kept = SignIn;
