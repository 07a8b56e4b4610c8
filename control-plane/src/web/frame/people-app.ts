// All that people ask of the desk, behind one middleware: the headers of every view, who failed too often, who is not signed in, and for
// each form its origin, type, size and token, before any room's own code runs. A room is a list of routes; only here they become hono's.
import { type Context, Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { secureHeaders } from "hono/secure-headers";
import { assert } from "@countersign/shared/values/result";
import type { SeeApproval } from "../../core/desk/acts/see-approval.ts";
import type { SeeIncident } from "../../core/desk/acts/see-incident.ts";
import { isTurnedAway } from "../../http/attempts.ts";
import { deskOf } from "../../http/context.ts";
import { readsOf } from "../../http/reads.ts";
import { visitorOf } from "../../http/visitor.ts";
import { rememberWanted } from "../../http/wanted.ts";
import { VIEW_POLICY } from "../look/view-policy.ts";
import { actAs } from "./act-as.ts";
import { readOwnForm } from "./form.ts";
import { inAppOf } from "./in-app.ts";
import { signInOfferOf } from "./offer-sign-in.ts";
import { isOpenedByPerson } from "./opened-by-person.ts";
import type { ActBound, DoorBound, OpenBound, PeopleBound, ViewBound } from "./people-bound.ts";
import type { PeopleRoute } from "./people-routes.ts";
import { addressOf } from "./refreshing.ts";
import type { Refusals } from "./refusals.ts";
import { askToSignIn, frameOf, sendRefusal } from "./respond.tsx";
import { takeForm } from "./take-form.ts";
import { sendTurnedAway, turnGuessersAway } from "./turn-away.ts";

// Whether TLS is meant for good is the operator's to say, and not said by a view.
const closed = secureHeaders({
  // not `no-referrer`: with it browsers send `Origin: null` with our own forms
  referrerPolicy: "same-origin",
  strictTransportSecurity: false,
  xFrameOptions: "DENY",
});

const unlisted = createMiddleware(async (c, next) => {
  await next();
  // A view has its own (respond.tsx): whether somebody can sign in it is known when it is made.
  if (!c.res.headers.has("content-security-policy")) c.header("content-security-policy", VIEW_POLICY);
  c.header("cache-control", "no-store");
  c.header("x-robots-tag", "noindex, nofollow");
});

/** The same answer for every path, method and id: who is not signed in learns nothing. */
const requireSignIn = createMiddleware<PeopleBound>(async (c, next) => {
  if (c.var.visitor !== undefined) return next();
  const visitor = await visitorOf(c);
  if (visitor === null) {
    if (isOpenedByPerson(c.req.raw)) rememberWanted(c, addressOf(c.req.url, null));
    return askToSignIn(c, { offer: await signInOfferOf(c), inApp: inAppOf(c) });
  }
  c.set("visitor", visitor);
  c.set("reads", readsOf(c.env));
  return next();
});

/** Makes the routes of people. Each path but a door is closed to strangers, by whatever method. */
export function peopleApp(routes: readonly PeopleRoute[], refusals: Refusals): Hono<PeopleBound> {
  const app = new Hono<PeopleBound>();
  const withWords = createMiddleware<PeopleBound>((c, next) => {
    c.set("refusals", refusals);
    return next();
  });
  app.use("*", closed, unlisted, withWords, turnGuessersAway);
  for (const { kind, path } of routes) if (kind !== "door") app.use(path, requireSignIn);
  for (const route of routes) addRoute(app, route);
  return app;
}

function addRoute(app: Hono<PeopleBound>, route: PeopleRoute): void {
  switch (route.kind) {
    case "view":
      app.get(route.path, async (c) => route.show(await asView(c)));
      return;
    case "act":
      app.post(route.path, (c) => takeForm(asAct(c), route.form));
      return;
    case "door":
      app.get(route.path, (c) => {
        c.set("offerSignIn", () => signInOfferOf(c));
        return route.show(c as unknown as Context<OpenBound>);
      });
      app.post(route.path, async (c) => {
        if (isTurnedAway(c)) return sendTurnedAway(c);
        const form = await readOwnForm(c);
        if (!form.ok) return sendRefusal(c, form.error.reason, { frame: null, backPath: null });
        c.set("form", form.value);
        c.set("desk", deskOf(c.env));
        return route.take(c as unknown as Context<DoorBound>);
      });
  }
}

async function asView(c: Context<PeopleBound>): Promise<Context<ViewBound>> {
  const visitor = c.get("visitor");
  assert(visitor !== undefined, "a view has a visitor");
  c.set("frame", await frameOf(visitor, c.req.url, inAppOf(c)));
  const note = async (act: SeeApproval | SeeIncident) => {
    if (isOpenedByPerson(c.req.raw)) await actAs({ var: { desk: deskOf(c.env), visitor } }, act);
  };
  c.set("noteSeen", (approvalId) => note({ kind: "see-approval", approvalId }));
  c.set("noteIncidentSeen", (incidentId) => note({ kind: "see-incident", incidentId }));
  return c as unknown as Context<ViewBound>;
}

function asAct(c: Context<PeopleBound>): Context<ActBound> {
  assert(c.get("visitor") !== undefined, "an act has a visitor");
  c.set("desk", deskOf(c.env));
  return c as unknown as Context<ActBound>;
}
