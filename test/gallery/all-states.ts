// Every view in every state that the tests look at.
import { states as frame } from "./frame.tsx";
import { states as incidentLists } from "./incident-lists.tsx";
import { states as incidents } from "./incidents.tsx";
import type { ShownState } from "./shown-state.ts";

export const STATES: readonly ShownState[] = [...frame, ...incidents, ...incidentLists];
