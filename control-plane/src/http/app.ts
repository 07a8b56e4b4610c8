// The Worker's HTTP side: the desk's pages for people, and the API for hosts and operators. What is not found and what fails is
// answered in the asker's own form, and no stack trace crosses the wire.
import { Hono } from "hono";
import { apiRoutes } from "./api.ts";
import { approvalRoutes } from "./approval-routes.tsx";
import { brakeRoutes } from "./brake-routes.tsx";
import type { Bound } from "./context.ts";
import { fleetRoutes } from "./fleet-routes.tsx";
import { incidentRoutes } from "./incident-routes.tsx";
import { problem } from "./problem.ts";
import { sendFailure, sendNotFound } from "./respond.tsx";
import { visitorOf } from "./session.ts";
import { policyRoutes } from "./policy-routes.tsx";
import { runbookRoutes } from "./runbook-routes.tsx";
import { sessionRoutes } from "./session-routes.tsx";
import { silenceRoutes } from "./silence-routes.tsx";
import { standingRoutes } from "./standing-routes.tsx";
import { turnGuessersAway } from "./turn-away.ts";
import { signInRoutes } from "./sign-in-routes.tsx";

/** The whole application; its routes hold no state. */
export function createApp(): Hono<Bound> {
  const app = new Hono<Bound>();
  app.use("*", turnGuessersAway);
  app.route("/", apiRoutes);
  app.route("/", incidentRoutes);
  app.route("/", approvalRoutes);
  app.route("/", brakeRoutes);
  app.route("/", fleetRoutes);
  app.route("/", runbookRoutes);
  app.route("/", policyRoutes);
  app.route("/", silenceRoutes);
  app.route("/", standingRoutes);
  app.route("/", signInRoutes);
  app.route("/", sessionRoutes);
  app.notFound(async (c) =>
    isApiRequest(c.req.raw) ? problem("not-found") : sendNotFound(c, await visitorOf(c)),
  );
  app.onError((error, c) => {
    // The one place where a failure of ours is recorded; the asker may retry. Only the path's first part: the rest may be secret.
    console.error("Answer request failed:", c.req.method, c.req.path.split("/")[1], error);
    return isApiRequest(c.req.raw) ? problem("internal") : sendFailure(c);
  });
  return app;
}

/** The API lives below /v1; elsewhere a client that asks for JSON and not for HTML gets a problem document too. */
function isApiRequest(request: { readonly url: string; readonly headers: Headers }): boolean {
  const accept = request.headers.get("accept") ?? "";
  const wantsJson = accept.includes("json") && !accept.includes("text/html");
  return wantsJson || new URL(request.url).pathname.startsWith("/v1/");
}
