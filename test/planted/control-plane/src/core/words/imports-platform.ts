// plants: no-restricted-imports
// core decides, actors perform; not even a type goes up.
import type { SignIn } from "../../platform/sign-in-shapes.ts";

export type Kept = SignIn;
