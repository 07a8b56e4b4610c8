// plants: no-restricted-imports
// A folder inside core may reach core, no further.
import type { Session } from "../../actors/rpc.ts";

export type Kept = Session;
