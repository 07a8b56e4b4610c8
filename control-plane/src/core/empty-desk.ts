// A desk that knows nothing yet. Pure.
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
