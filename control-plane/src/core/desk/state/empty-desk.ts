// A desk that knows nothing yet: no incident, no approval, no page, nothing that a person has set. Pure.
// Every record of DeskState has its line here, so that a new one cannot be forgotten.
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { DeskState } from "./desk-state.ts";

export const EMPTY_DESK: DeskState = {
  incidents: NONE_NAMED,
  approvals: NONE_NAMED,
  pages: NONE_NAMED,
  freezes: NONE_NAMED,
  silences: NONE_NAMED,
  standing: NONE_NAMED,
  brokenRoutes: NONE_NAMED,
  shardTroubles: NONE_NAMED,
  shadow: NONE_NAMED,
  shadowCounts: NONE_NAMED,
  unreadable: NONE_NAMED,
};
