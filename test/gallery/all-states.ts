// Every view in every state that the tests look at.
import { states as brakes } from "./brakes.tsx";
import { states as frame } from "./frame.tsx";
import { states as hostList } from "./host-list.tsx";
import { states as hosts } from "./hosts.tsx";
import { states as overview } from "./overview.tsx";
import type { ShownState } from "./shown-state.ts";

export const STATES: readonly ShownState[] = [...frame, ...overview, ...hostList, ...hosts, ...brakes];
