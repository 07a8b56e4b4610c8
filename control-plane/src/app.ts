// The Worker's HTTP side: the desk's views for people, and the API for hosts and operators. What is not found and what fails is
// answered in the asker's own form, and no stack trace crosses the wire.
import { Hono } from "hono";
import { apiRoutes } from "./api/api.ts";
import type { Bound } from "./http/context.ts";
import { problem } from "./http/problem.ts";
import { visitorOf } from "./http/visitor.ts";
import { peopleApp } from "./web/frame/people-app.ts";
import { frameOf, sendFailure, sendNotFound } from "./web/frame/respond.tsx";
import { HOME_SCREEN_FILES, HOME_SCREEN_HEADERS } from "./web/home-screen.ts";
import { PASSKEY_SCRIPT, PASSKEY_SCRIPT_PATH, passkeyScriptHeaders } from "./web/look/passkey-script.ts";
import { PEOPLE_ROUTES, REFUSALS } from "./web/rooms.ts";

/** The whole application; its routes hold no state. */
export function createApp(): Hono<Bound> {
  const app = new Hono<Bound>();
  app.route("/", apiRoutes);
  for (const { contentType, path, text } of HOME_SCREEN_FILES)
    app.get(path, (c) => c.body(text, 200, { ...HOME_SCREEN_HEADERS, "content-type": contentType }));
  app.get(PASSKEY_SCRIPT_PATH, (c) => c.body(PASSKEY_SCRIPT, 200, passkeyScriptHeaders(c.req.url)));
  app.route("/", peopleApp(PEOPLE_ROUTES, REFUSALS));
  app.notFound(async (c) => {
    if (isApiRequest(c.req.raw)) return problem("not-found");
    const visitor = await visitorOf(c);
    return sendNotFound(c, visitor === null ? null : await frameOf(visitor, c.req.url));
  });
  app.onError((error, c) => {
    // The one place where a failure of ours is recorded; the asker may retry. Only the path's first part: the rest may be secret.
    console.error("Answer request failed:", c.req.method, c.req.path.split("/")[1], error);
    return isApiRequest(c.req.raw) ? problem("internal") : sendFailure(c);
  });
  return app;
}

/** The API lives below /v1, at /healthz and at /openapi.json; elsewhere a client that asks for JSON and not for HTML gets a problem document too. */
function isApiRequest(request: { readonly url: string; readonly headers: Headers }): boolean {
  const accept = request.headers.get("accept") ?? "";
  const wantsJson = accept.includes("json") && !accept.includes("text/html");
  const { pathname } = new URL(request.url);
  return wantsJson || ["/healthz", "/openapi.json"].includes(pathname) || pathname.startsWith("/v1/");
}
