// The brake: what is frozen, and the two acts of pulling and lifting it. A scope is named in a form by its key, which the form's token
// is bound to, and is looked up here again: nobody freezes by a name of their own making. Opening a page changes nothing.
import { Hono } from "hono";
import { FLEET, scopeKeyOf } from "../core/freeze-scope.ts";
import type { Subject } from "../core/signal.ts";
import { deskOf, type Bound, type Ctx } from "./context.ts";
import { admitForm } from "./form.ts";
import { BrakePage, FreezePage } from "./pages/brake.tsx";
import {
  askToSignIn,
  csrfTokenOf,
  frameOf,
  seeOther,
  sendNotFound,
  sendPage,
  sendRefusal,
} from "./respond.tsx";
import { findScopes, scopeOf, scopesOf, SEARCH_CHARS_MAX } from "./scopes.ts";
import { snapshotsOf } from "./snapshots.ts";
import { visitorOf, type Visitor } from "./session.ts";

const WHY_CHARS_MAX = 300;
/** Scopes listed at once; the search finds the others. */
const SCOPES_SHOWN_MAX = 50;

export const brakeRoutes = new Hono<Bound>();

brakeRoutes.get("/brake", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { freezes } = await deskOf(c.env).brakes();
  const frozen = new Set(freezes.map(({ scope }) => scopeKeyOf(scope)));
  const search = (c.req.query("q") ?? "").slice(0, SEARCH_CHARS_MAX);
  const { scopes, silentShards } = await scopesNow(c);
  const free = scopes.filter((scope) => !frozen.has(scopeKeyOf(scope)) && scope !== FLEET);
  const found = findScopes(free, search);
  return sendPage(
    c,
    <BrakePage
      frame={await frameOf(visitor)}
      freezes={await Promise.all(
        freezes.map(async (freeze) => ({
          freeze,
          token: await tokenOf(visitor, "lift-freeze", freeze.scope),
        })),
      )}
      fleetToken={frozen.has(scopeKeyOf(FLEET)) ? null : await tokenOf(visitor, "freeze", FLEET)}
      search={search}
      scopes={found.slice(0, SCOPES_SHOWN_MAX)}
      foundCount={found.length}
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
  return sendPage(c, <FreezePage frame={await frameOf(visitor)} scope={scope} token={token} />);
});

brakeRoutes.post("/brake/freeze/:scope", (c) => act(c, "freeze", c.req.param("scope")));
brakeRoutes.post("/brake/lift/:scope", (c) => act(c, "lift-freeze", c.req.param("scope")));

async function act(c: Ctx, purpose: "freeze" | "lift-freeze", key: string): Promise<Response> {
  const admitted = await admitForm(c, { purpose, subject: key });
  if (!admitted.ok) {
    if (admitted.error.reason === "not-signed-in") return askToSignIn(c);
    return sendRefusal(c, admitted.error.reason, { visitor: admitted.error.visitor, backPath: "/brake" });
  }
  const { visitor, form } = admitted.value;
  const desk = deskOf(c.env);
  const known =
    purpose === "freeze"
      ? (await scopesNow(c)).scopes
      : (await desk.brakes()).freezes.map(({ scope }) => scope);
  const scope = scopeOf(known, key);
  if (scope === undefined) return sendRefusal(c, "freeze-unknown", { visitor, backPath: "/brake" });
  const why = (form.get("why") ?? "").trim().slice(0, WHY_CHARS_MAX);
  const { responder } = visitor.session;
  const answered =
    purpose === "freeze"
      ? await desk.freeze(scope, responder, why)
      : await desk.liftFreeze(scope, responder, why);
  return answered.ok
    ? seeOther(c, "/brake")
    : sendRefusal(c, answered.error.reason, { visitor, backPath: "/brake" });
}

/** The fleet can be frozen whatever the shards do; those that do not answer are named. */
async function scopesNow(
  c: Ctx,
): Promise<{ readonly scopes: readonly Subject[]; readonly silentShards: readonly string[] }> {
  const snapshots = await snapshotsOf(c, (await deskOf(c.env).overview()).shards);
  return {
    scopes: scopesOf(snapshots.flatMap(({ hosts }) => hosts ?? [])),
    silentShards: snapshots.filter(({ hosts }) => hosts === null).map(({ shard }) => shard),
  };
}

function tokenOf(visitor: Visitor, purpose: "freeze" | "lift-freeze", scope: Subject): Promise<string> {
  return csrfTokenOf(visitor, { purpose, subject: scopeKeyOf(scope), proposalHash: "" });
}
