// plants: no-restricted-imports
// A room inside core may reach core, no further.
import type { SignIn } from "../../../platform/sign-in-shapes.ts";

export type Kept = SignIn;
