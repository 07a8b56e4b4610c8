// plants: no-restricted-imports
// The command drives the pure core and no shell of the Worker.
import type { SignIn } from "../src/actors/rpc.ts";

export type Kept = SignIn;
