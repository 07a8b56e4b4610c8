// Every view in every state that the tests look at.
import { states as frame } from "./frame.tsx";
import type { ShownState } from "./shown-state.ts";

export const STATES: readonly ShownState[] = [...frame];
