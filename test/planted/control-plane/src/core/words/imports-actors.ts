// plants: no-restricted-imports
// core decides, actors perform; not even a type goes up.
import type { Session } from "../../actors/rpc.ts";

export type Kept = Session;
