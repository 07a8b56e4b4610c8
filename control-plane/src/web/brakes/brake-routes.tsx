// The brake: what is frozen, and the two acts of pulling and lifting it. A scope is named in a form by its key, which the form's token
// is bound to, and is looked up here again: nobody freezes by a name of their own making. Opening a view changes nothing.
import { Hono } from "hono";
import { refuse } from "@countersign/shared/values/result";
import { FLEET, type Subject, subjectKeyOf } from "../../core/words/subject.ts";
import { deskOf, type Bound, type Ctx } from "../../http/context.ts";
import { visitorOf, type Visitor } from "../../http/visitor.ts";
import { takeAct, whyOf } from "../frame/act.ts";
import { askToSignIn, csrfTokenOf, frameOf, sendNotFound, sendView } from "../frame/respond.tsx";
import { BrakeView, FreezeView } from "./brake-view.tsx";
import { scopesNow } from "./scopes-now.ts";
import { findScopes, scopeOf, SEARCH_CHARS_MAX } from "./scopes.ts";

export const brakeRoutes = new Hono<Bound>();

brakeRoutes.get("/brake", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { freezes } = await deskOf(c.env).brakes();
  const frozen = new Set(freezes.map(({ scope }) => subjectKeyOf(scope)));
  const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
  const { scopes, silentShards } = await scopesNow(c);
  const free = scopes.filter((scope) => !frozen.has(subjectKeyOf(scope)) && scope !== FLEET);
  const found = findScopes(free, search);
  return sendView(
    c,
    <BrakeView
      frame={await frameOf(visitor)}
      freezes={await Promise.all(
        freezes.map(async (freeze) => ({
          freeze,
          token: await tokenOf(visitor, "lift-freeze", freeze.scope),
        })),
      )}
      fleetToken={frozen.has(subjectKeyOf(FLEET)) ? null : await tokenOf(visitor, "freeze", FLEET)}
      search={search}
      found={found}
      silentShards={silentShards}
    />,
  );
});

brakeRoutes.get("/brake/freeze/:scope", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const scope = scopeOf((await scopesNow(c)).scopes, c.req.param("scope"));
  if (scope === undefined) return sendNotFound(c, visitor);
  const token = await tokenOf(visitor, "freeze", scope);
  return sendView(c, <FreezeView frame={await frameOf(visitor)} scope={scope} token={token} />);
});

brakeRoutes.post("/brake/freeze/:scope", (c) => act(c, "freeze", c.req.param("scope")));
brakeRoutes.post("/brake/lift/:scope", (c) => act(c, "lift-freeze", c.req.param("scope")));

function act(c: Ctx, purpose: "freeze" | "lift-freeze", key: string): Promise<Response> {
  return takeAct(c, { purpose, subject: key, backPath: "/brake" }, async (admitted) => {
    const desk = deskOf(c.env);
    const known =
      purpose === "freeze"
        ? (await scopesNow(c)).scopes
        : (await desk.brakes()).freezes.map(({ scope }) => scope);
    const scope = scopeOf(known, key);
    if (scope === undefined) return refuse({ reason: "freeze-unknown" });
    const { responder } = admitted.visitor.signIn;
    return purpose === "freeze"
      ? desk.freeze(scope, responder, whyOf(admitted))
      : desk.liftFreeze(scope, responder, whyOf(admitted));
  });
}

function tokenOf(visitor: Visitor, purpose: "freeze" | "lift-freeze", scope: Subject): Promise<string> {
  return csrfTokenOf(visitor, { purpose, subject: subjectKeyOf(scope), proposalHash: "" });
}
