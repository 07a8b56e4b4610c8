// The Worker's HTTP side: the desk's views for people, and the API for hosts and operators. What is not found and what fails is
// answered in the asker's own form, and no stack trace crosses the wire.
import { Hono } from "hono";
import { apiRoutes } from "./api/api.ts";
import type { Bound } from "./http/context.ts";
import { problem } from "./http/problem.ts";
import { visitorOf } from "./http/visitor.ts";
import { approvalRoutes } from "./web/approvals/approval-routes.tsx";
import { brakeRoutes } from "./web/brakes/brake-routes.tsx";
import { silenceRoutes } from "./web/brakes/silence-routes.tsx";
import { peopleApp } from "./web/frame/people-app.ts";
import { frameOf, sendFailure, sendNotFound } from "./web/frame/respond.tsx";
import { fleetRoutes } from "./web/hosts/fleet-routes.tsx";
import { incidentRoutes } from "./web/incidents/incident-routes.tsx";
import { deskRoutes } from "./web/overview/desk-routes.tsx";
import { ownSignInRoutes } from "./web/people/own-sign-in-routes.tsx";
import { signInRoutes } from "./web/people/sign-in-routes.tsx";
import { policyRoutes } from "./web/policy/policy-routes.tsx";
import { runbookRoutes } from "./web/runbooks/runbook-routes.tsx";
import { standingRoutes } from "./web/standing/standing-routes.tsx";

/** Everything that people may open or do, room by room. */
const PEOPLE_ROUTES = [
  deskRoutes,
  incidentRoutes,
  approvalRoutes,
  brakeRoutes,
  fleetRoutes,
  runbookRoutes,
  policyRoutes,
  silenceRoutes,
  standingRoutes,
  signInRoutes,
  ownSignInRoutes,
].flat();

/** The whole application; its routes hold no state. */
export function createApp(): Hono<Bound> {
  const app = new Hono<Bound>();
  app.route("/", apiRoutes);
  app.route("/", peopleApp(PEOPLE_ROUTES));
  app.notFound(async (c) => {
    if (isApiRequest(c.req.raw)) return problem("not-found");
    const visitor = await visitorOf(c);
    return sendNotFound(c, visitor === null ? null : await frameOf(visitor));
  });
  app.onError((error, c) => {
    // The one place where a failure of ours is recorded; the asker may retry. Only the path's first part: the rest may be secret.
    console.error("Answer request failed:", c.req.method, c.req.path.split("/")[1], error);
    return isApiRequest(c.req.raw) ? problem("internal") : sendFailure(c);
  });
  return app;
}

/** The API lives below /v1 and at /healthz; elsewhere a client that asks for JSON and not for HTML gets a problem document too. */
function isApiRequest(request: { readonly url: string; readonly headers: Headers }): boolean {
  const accept = request.headers.get("accept") ?? "";
  const wantsJson = accept.includes("json") && !accept.includes("text/html");
  const { pathname } = new URL(request.url);
  return wantsJson || pathname === "/healthz" || pathname.startsWith("/v1/");
}
