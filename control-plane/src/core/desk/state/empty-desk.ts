// A desk that knows nothing yet: no incident, no approval, no page, nothing that a person has set. Pure.
// Every record of DeskState has its line here, so that a new one cannot be forgotten.
import { NO_RECORDS } from "@countersign/shared/values/records";
import type { DeskState } from "./desk-state.ts";

export const EMPTY_DESK: DeskState = {
  incidents: NO_RECORDS,
  approvals: NO_RECORDS,
  pages: NO_RECORDS,
  freezes: NO_RECORDS,
  silences: NO_RECORDS,
  standing: NO_RECORDS,
  brokenRoutes: NO_RECORDS,
  shardTroubles: NO_RECORDS,
  shadow: NO_RECORDS,
  shadowCounts: NO_RECORDS,
  unreadable: NO_RECORDS,
};
