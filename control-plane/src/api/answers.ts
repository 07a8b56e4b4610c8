// Which answer belongs to which line of the table: a line without one does not compile, nor one that answers what its line does not say.
import type { Answer } from "./answers/answer.ts";
import {
  beginAnew,
  chooseDomain,
  draftTrust,
  dropDraft,
  showApprovers,
  withdrawCandidate,
} from "./answers/approvers.ts";
import { listAudit, listAuditCopies, verifyAudit } from "./answers/audit.ts";
import { hearProvider } from "./answers/channels.ts";
import { connectAgent } from "./answers/connect.ts";
import { enrolHost } from "./answers/enrol.ts";
import {
  listHosts,
  listIncidents,
  retireHost,
  setHostAside,
  showAsk,
  showHost,
  showIncident,
} from "./answers/fleet.ts";
import { showHealth } from "./answers/health.ts";
import { listPages, listResolved } from "./answers/history.ts";
import { addIncidentNote, draftPostMortem, listHistory } from "./answers/incidents.ts";
import { showOpenApi } from "./answers/openapi.ts";
import {
  applyPolicy,
  dryRunPolicy,
  markFalseAlarm,
  showPolicy,
  showShadow,
  undoPolicy,
} from "./answers/policy.ts";
import { showReach } from "./answers/reach.ts";
import {
  listRecorded,
  listRecordedHosts,
  listRecordedSettings,
  showRecordedPolicy,
} from "./answers/recorded.ts";
import { endSignIn, endSignInsOf, listSignIns } from "./answers/sign-ins.ts";
import { sendTestPage, showTestPage } from "./answers/test-pages.ts";
import { createEnrolmentToken, createSignInToken } from "./answers/tokens.ts";
import { publishTrust, showTrust } from "./answers/trust.ts";
import { discardRecord, listUnreadable } from "./answers/unreadable.ts";
import type { Call, RouteOf } from "./table/routes.ts";

/** The answer of each line. */
export const ANSWERS: { readonly [C in Call]: Answer<RouteOf<C>> } = {
  "GET /healthz": showHealth,
  "GET /openapi.json": showOpenApi,
  "POST /v1/enrol": enrolHost,
  "POST /v1/channels/:channel": hearProvider,
  "GET /v1/agent/connect/:shard/:host": connectAgent,
  "POST /v1/admin/enrolment-tokens": createEnrolmentToken,
  "POST /v1/admin/sign-in-tokens": createSignInToken,
  "GET /v1/admin/sign-ins": listSignIns,
  "DELETE /v1/admin/sign-ins/:id": endSignIn,
  "DELETE /v1/admin/responders/:id/sign-ins": endSignInsOf,
  "GET /v1/admin/reach": showReach,
  "POST /v1/admin/test-pages": sendTestPage,
  "GET /v1/admin/test-pages/:id": showTestPage,
  "GET /v1/admin/hosts": listHosts,
  "GET /v1/admin/hosts/:id": showHost,
  "GET /v1/admin/hosts/:id/ask": showAsk,
  "POST /v1/admin/hosts/:id/retire": retireHost,
  "POST /v1/admin/hosts/:id/set-aside": setHostAside,
  "GET /v1/admin/incidents": listIncidents,
  "GET /v1/admin/incidents/:id": showIncident,
  "POST /v1/admin/incidents/:id/notes": addIncidentNote,
  "GET /v1/admin/incidents/:id/post-mortem": draftPostMortem,
  "GET /v1/admin/history": listHistory,
  "GET /v1/admin/resolved": listResolved,
  "GET /v1/admin/pages": listPages,
  "GET /v1/admin/policy": showPolicy,
  "PUT /v1/admin/policy": applyPolicy,
  "POST /v1/admin/policy/dry-run": dryRunPolicy,
  "POST /v1/admin/policy/undo": undoPolicy,
  "GET /v1/admin/shadow": showShadow,
  "POST /v1/admin/shadow/false-alarms": markFalseAlarm,
  "GET /v1/admin/trust": showTrust,
  "POST /v1/admin/trust": publishTrust,
  "GET /v1/admin/approvers": showApprovers,
  "DELETE /v1/admin/candidates/:id": withdrawCandidate,
  "POST /v1/admin/trust/drafts": draftTrust,
  "DELETE /v1/admin/trust/drafts/:hash": dropDraft,
  "POST /v1/admin/trust/domain": chooseDomain,
  "POST /v1/admin/trust/begin-anew": beginAnew,
  "GET /v1/admin/unreadable": listUnreadable,
  "POST /v1/admin/unreadable/discard": discardRecord,
  "GET /v1/admin/recorded": listRecorded,
  "GET /v1/admin/recorded/hosts": listRecordedHosts,
  "GET /v1/admin/recorded/settings": listRecordedSettings,
  "GET /v1/admin/recorded/policies/:version": showRecordedPolicy,
  "GET /v1/admin/audit": listAudit,
  "GET /v1/admin/audit/verify": verifyAudit,
  "GET /v1/admin/audit/copies": listAuditCopies,
};
