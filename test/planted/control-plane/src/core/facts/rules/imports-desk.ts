// plants: no-restricted-imports
// facts/ stands below desk/.
import type { DeskState } from "../../desk/state/desk-state.ts";

export type Kept = DeskState;
