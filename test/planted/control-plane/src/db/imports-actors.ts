// plants: no-restricted-imports
// db stands below the actors.
import type { Session } from "../actors/rpc.ts";

export type Kept = Session;
