// plants: no-restricted-imports
// shard/ and desk/ stand side by side.
import type { DeskState } from "../../desk/state/desk-state.ts";

export type Kept = DeskState;
