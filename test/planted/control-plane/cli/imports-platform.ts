// plants: no-restricted-imports
// The command drives the shell and the core on no platform.
import type { SignIn } from "../src/platform/sign-in-shapes.ts";

export type Kept = SignIn;
