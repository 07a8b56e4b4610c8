// plants: no-restricted-imports
// core decides, actors perform; not even a type goes up.
import type { SignIn } from "../../actors/rpc.ts";

export type Kept = SignIn;
