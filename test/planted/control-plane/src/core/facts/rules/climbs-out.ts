// plants: no-restricted-imports
// A room inside core may reach core, no further.
import type { SignIn } from "../../../platform/rpc.ts";

export type Kept = SignIn;
