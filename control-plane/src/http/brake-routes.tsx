// The brake: what is frozen, and the two acts of pulling and lifting it. A scope is named in a form by its key, which the form's token
// is bound to, and is looked up here again: nobody freezes by a name of their own making. Opening the page changes nothing.
import { Hono } from "hono";
import type { Incident } from "../core/desk-state.ts";
import { FLEET, isFleet, scopeKeyOf } from "../core/freeze-scope.ts";
import type { Subject } from "../core/signal.ts";
import { deskOf, type Bound, type Ctx } from "./context.ts";
import { admitForm } from "./form.ts";
import { BrakePage } from "./pages/brake.tsx";
import { askToSignIn, csrfTokenOf, frameOf, seeOther, sendPage, sendRefusal } from "./respond.tsx";
import { visitorOf, type Visitor } from "./session.ts";

const WHY_CHARS_MAX = 300;

export const brakeRoutes = new Hono<Bound>();

brakeRoutes.get("/brake", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const { freezes, silences } = await deskOf(c.env).brakes();
  const frozen = new Set(freezes.map(({ scope }) => scopeKeyOf(scope)));
  const scopes = (await scopesOffered(c)).filter((scope) => !frozen.has(scopeKeyOf(scope)));
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
      scopes={await Promise.all(
        scopes.map(async (scope) => ({ scope, token: await tokenOf(visitor, "freeze", scope) })),
      )}
      silences={silences}
    />,
  );
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
    purpose === "freeze" ? await scopesOffered(c) : (await desk.brakes()).freezes.map(({ scope }) => scope);
  const scope = known.find((candidate) => scopeKeyOf(candidate) === key);
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

/** The fleet, and each service with an open incident, and its host. */
async function scopesOffered(c: Ctx): Promise<readonly Subject[]> {
  const { incidents } = await deskOf(c.env).overview();
  const subjects = incidents
    .filter(isAboutHost)
    .flatMap(({ subject }) => [{ ...subject, service: null }, subject]);
  const byKey = new Map([FLEET, ...subjects].map((scope) => [scopeKeyOf(scope), scope]));
  return [...byKey.values()];
}

function isAboutHost({ state, subject }: Incident): boolean {
  return state !== "resolved" && !isFleet(subject) && subject.hostId.startsWith("host_");
}

function tokenOf(visitor: Visitor, purpose: "freeze" | "lift-freeze", scope: Subject): Promise<string> {
  return csrfTokenOf(visitor, { purpose, subject: scopeKeyOf(scope), proposalHash: "" });
}
