// Everything that people do to incidents, approvals, freezes, silences, standing approvals and hosts: one line for each. What an act is
// called, who may do it and what it carries is read from here by the desk, the views and the API. Policy, sign-in and enrolment stay apart:
// they change what stands beside the desk's state.
import { acknowledge } from "./acknowledge.ts";
import { addNote } from "./add-note.ts";
import { approve } from "./approve.ts";
import { askFor } from "./ask-for.ts";
import { confirmTestPage } from "./confirm-test-page.ts";
import { deny } from "./deny.ts";
import { discardRecord } from "./discard-record.ts";
import { endSilence } from "./end-silence.ts";
import { freeze } from "./freeze.ts";
import { giveStanding } from "./give-standing.ts";
import { liftFreeze } from "./lift-freeze.ts";
import { markFalseAlarm } from "./mark-false-alarm.ts";
import { retireHost } from "./retire-host.ts";
import { revokeStanding } from "./revoke-standing.ts";
import { seeApproval } from "./see-approval.ts";
import { seeIncident } from "./see-incident.ts";
import { sendTestPage } from "./send-test-page.ts";
import { setAside } from "./set-aside.ts";
import { silence } from "./silence.ts";

export const ACTS = [
  seeApproval,
  seeIncident,
  approve,
  deny,
  askFor,
  acknowledge,
  addNote,
  freeze,
  liftFreeze,
  silence,
  endSilence,
  giveStanding,
  revokeStanding,
  retireHost,
  setAside,
  markFalseAlarm,
  discardRecord,
  sendTestPage,
  confirmTestPage,
] as const;

type Listed = (typeof ACTS)[number];

/** What a person asks for, as it is sent; who asks stands beside it. */
export type PersonAct = NonNullable<Listed["asked"]>;

/** What is decided: what was asked, with what the shell found or signed for it. */
export type ReadyAct = Parameters<Listed["decide"]>[2]["act"];

export type ActKind = Listed["kind"];
