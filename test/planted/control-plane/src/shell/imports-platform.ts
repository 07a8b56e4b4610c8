// plants: no-restricted-imports
// The shell knows no platform.
import type { SignIn } from "../platform/sign-in-shapes.ts";

export type Kept = SignIn;
