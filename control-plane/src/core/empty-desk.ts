// A desk that knows nothing yet: no incident, no approval, no page, nothing that a person has set. Pure.
// Every record of DeskState has its line here, so that a new one cannot be forgotten.
import type { DeskState } from "./desk-state.ts";

export const EMPTY_DESK: DeskState = {
  incidents: {},
  approvals: {},
  pages: {},
  freezes: {},
  silences: {},
  standing: {},
  brokenRoutes: {},
  shadow: {},
  shadowCounts: {},
};
