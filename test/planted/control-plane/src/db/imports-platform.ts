// plants: no-restricted-imports
// db stands below the platform.
import type { SignIn } from "../platform/rpc.ts";

export type Kept = SignIn;
