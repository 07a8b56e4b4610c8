// Everything that the desk stores and decides by, each under the place that it has in the desk's state: one line for each. The state, the empty
// desk, what is loaded and saved, what the archive keeps and what people are told of one that cannot be read follow from it. Only the note of an
// unreadable record stands apart (core/desk/state/desk-state.ts): it names the kinds of all the others.
import type { OtherRecordKind } from "../../words/unreadable-record.ts";
import { approvalRecord } from "./approval.ts";
import { askRecord } from "./ask.ts";
import { censusRecord } from "./census.ts";
import { findingRecord } from "./finding.ts";
import { fleetHostRecord } from "./fleet-host.ts";
import { freezeRecord } from "./freeze.ts";
import { incidentRecord } from "./incident.ts";
import { brokenRouteRecord } from "./pages/broken-route.ts";
import { channelStateRecord } from "./pages/channel-state.ts";
import { contactRecord } from "./pages/contact.ts";
import { deliveryRecord } from "./pages/delivery.ts";
import { drillRecord } from "./pages/drill.ts";
import { pageRecord } from "./pages/page.ts";
import { sentLatelyRecord } from "./pages/sent-lately.ts";
import { testPageRecord } from "./pages/test-page.ts";
import { recurrenceRecord } from "./recurrence.ts";
import { shadowCountRecord } from "./shadow-count.ts";
import { shadowFindingRecord } from "./shadow-finding.ts";
import { shardTroubleRecord } from "./shard-trouble.ts";
import { silenceRecord } from "./silence.ts";
import { standingRecord } from "./standing-approval.ts";

export const RECORDS = {
  incidents: incidentRecord,
  findings: findingRecord,
  approvals: approvalRecord,
  pages: pageRecord,
  deliveries: deliveryRecord,
  freezes: freezeRecord,
  silences: silenceRecord,
  standing: standingRecord,
  asks: askRecord,
  contacts: contactRecord,
  sentLately: sentLatelyRecord,
  testPages: testPageRecord,
  drills: drillRecord,
  brokenRoutes: brokenRouteRecord,
  channelStates: channelStateRecord,
  shardTroubles: shardTroubleRecord,
  recurrences: recurrenceRecord,
  censuses: censusRecord,
  fleetHosts: fleetHostRecord,
  shadow: shadowFindingRecord,
  shadowCounts: shadowCountRecord,
} as const;

/** What may turn out to be unreadable: a record of the desk, a note of one, or what is stored elsewhere. */
export type RecordKind = (typeof RECORDS)[keyof typeof RECORDS]["kind"] | "unreadable" | OtherRecordKind;
