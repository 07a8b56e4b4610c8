// plants: no-restricted-imports
// read-side stands below the platform.
import type { SignIn } from "../platform/sign-in-shapes.ts";

export type Kept = SignIn;
