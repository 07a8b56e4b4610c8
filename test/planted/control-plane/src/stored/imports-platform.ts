// plants: no-restricted-imports
// stored stands below the platform.
import type { SignIn } from "../platform/sign-in-shapes.ts";

export type Kept = SignIn;
