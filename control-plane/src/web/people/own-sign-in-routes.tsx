// A person's own sign-ins: which devices are signed in as them, and the two acts of ending one and all others. Those of other people are
// the operator's to end (api/admin-sign-ins.ts).
import { Hono } from "hono";
import { byPerson } from "../../core/words/actor.ts";
import { deskOf, type Bound } from "../../http/context.ts";
import { visitorOf } from "../../http/visitor.ts";
import { takeAct } from "../frame/act.ts";
import { askToSignIn, csrfTokenOf, frameOf, sendView } from "../frame/respond.tsx";
import { SignInsView } from "./sign-ins-view.tsx";

export const ownSignInRoutes = new Hono<Bound>();

ownSignInRoutes.get("/sign-ins", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const signIns = await deskOf(c.env).signIns(visitor.signIn.responder);
  const withTokens = signIns.map(async (signIn) => {
    const act = { purpose: "end-sign-in", subject: signIn.signInId, proposalHash: "" } as const;
    return { signIn, token: await csrfTokenOf(visitor, act) };
  });
  const othersAct = { purpose: "end-other-sign-ins", subject: "", proposalHash: "" } as const;
  return sendView(
    c,
    <SignInsView
      frame={await frameOf(visitor)}
      signIns={await Promise.all(withTokens)}
      othersToken={await csrfTokenOf(visitor, othersAct)}
    />,
  );
});

ownSignInRoutes.post("/sign-ins/end/:id", (c) => {
  const signInId = c.req.param("id");
  const act = { purpose: "end-sign-in", subject: signInId, backPath: "/sign-ins" } as const;
  return takeAct(c, act, ({ visitor }) => {
    const { responder } = visitor.signIn;
    return deskOf(c.env).endSignIn({ signInId, by: byPerson(responder), of: responder });
  });
});

ownSignInRoutes.post("/sign-ins/end-others", (c) => {
  const act = { purpose: "end-other-sign-ins", subject: "", backPath: "/sign-ins" } as const;
  return takeAct(c, act, ({ visitor }) => {
    const { responder, signInId } = visitor.signIn;
    return deskOf(c.env).endSignInsOf(responder, { by: byPerson(responder), keptSignInId: signInId });
  });
});
