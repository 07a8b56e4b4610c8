// plants: no-restricted-imports
// The shell knows no platform.
import type { SignIn } from "../platform/rpc.ts";

export type Kept = SignIn;
