// plants: no-restricted-imports
// The command drives the shell and the core on no platform.
import type { SignIn } from "../src/platform/rpc.ts";

export type Kept = SignIn;
