// The API's routes. A known path with another method answers 405 and names the methods; everything unknown below /v1 is 404.
import { Hono, type MiddlewareHandler } from "hono";
import { visibleJson } from "@countersign/shared/values/visible-text";
import type { Bound, Ctx } from "../http/context.ts";
import { problem } from "../http/problem.ts";
import { listAudit, listAuditCopies, verifyAudit } from "./admin-audit.ts";
import { requireAdmin } from "./admin-auth.ts";
import { applyPolicy, markFalseAlarm, showPolicy, showShadow, undoPolicy } from "./admin-policy.ts";
import { listRecorded, listRecordedSettings, showRecordedPolicy } from "./admin-recorded.ts";
import { endSignIn, endSignInsOf, listSignIns } from "./admin-sign-ins.ts";
import { discardRecord, listUnreadable } from "./admin-unreadable.ts";
import {
  createEnrolmentToken,
  createSignInToken,
  listHosts,
  listIncidents,
  retireHost,
  showIncident,
} from "./admin.ts";
import { connectAgent } from "./connect.ts";
import { enrolHost } from "./enrol.ts";
import { showHealth } from "./health.ts";

type Answer = (c: Ctx) => Promise<Response> | Response;

const ROUTES: readonly (readonly [
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  answer: Answer,
])[] = [
  ["GET", "/healthz", showHealth],
  ["POST", "/v1/enrol", enrolHost],
  ["GET", "/v1/agent/connect/:shard/:host", connectAgent],
  ["POST", "/v1/admin/enrolment-tokens", createEnrolmentToken],
  ["POST", "/v1/admin/sign-in-tokens", createSignInToken],
  ["GET", "/v1/admin/sign-ins", listSignIns],
  ["DELETE", "/v1/admin/sign-ins/:id", endSignIn],
  ["DELETE", "/v1/admin/responders/:id/sign-ins", endSignInsOf],
  ["GET", "/v1/admin/hosts", listHosts],
  ["POST", "/v1/admin/hosts/:id/retire", retireHost],
  ["GET", "/v1/admin/incidents", listIncidents],
  ["GET", "/v1/admin/incidents/:id", showIncident],
  ["GET", "/v1/admin/policy", showPolicy],
  ["PUT", "/v1/admin/policy", applyPolicy],
  ["POST", "/v1/admin/policy/undo", undoPolicy],
  ["GET", "/v1/admin/shadow", showShadow],
  ["POST", "/v1/admin/shadow/false-alarms", markFalseAlarm],
  ["GET", "/v1/admin/unreadable", listUnreadable],
  ["POST", "/v1/admin/unreadable/discard", discardRecord],
  ["GET", "/v1/admin/recorded", listRecorded],
  ["GET", "/v1/admin/recorded/settings", listRecordedSettings],
  ["GET", "/v1/admin/recorded/policies/:version", showRecordedPolicy],
  ["GET", "/v1/admin/audit", listAudit],
  ["GET", "/v1/admin/audit/verify", verifyAudit],
  ["GET", "/v1/admin/audit/copies", listAuditCopies],
];

// An answer may hold texts of hosts and of people, and a proposal's own bytes read out: in a terminal none of them may move the cursor.
const inVisibleJson: MiddlewareHandler<Bound> = async (c, next) => {
  await next();
  if (!/^application\/(?:[a-z]+\+)?json/.test(c.res.headers.get("content-type") ?? "")) return;
  c.res = new Response(visibleJson(await c.res.text()), c.res);
};

export const apiRoutes = new Hono<Bound>();

// Answers hold tokens and what is wrong with hosts: nothing in between may keep them.
apiRoutes.use("/v1/*", async (c, next) => {
  await next();
  if (c.res.status !== 101) c.header("cache-control", "no-store");
});
apiRoutes.use("/v1/*", inVisibleJson);
apiRoutes.use("/v1/admin/*", requireAdmin);
for (const [method, path, answer] of ROUTES) apiRoutes.on(method, path, answer);
for (const path of new Set(ROUTES.map(([, path]) => path))) {
  const allow = ROUTES.flatMap(([method, other]) => (other === path ? [method] : [])).join(", ");
  apiRoutes.all(path, () => problem("method-not-allowed", { headers: { allow } }));
}
apiRoutes.all("/v1/*", () => problem("not-found"));
