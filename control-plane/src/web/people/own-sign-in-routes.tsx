// A person's own sign-ins: which devices are signed in as them, and the acts of ending this one, another and all others. Those of other
// people are the operator's to end (api/answers/sign-ins.ts).
import { ok } from "@countersign/shared/values/result";
import { byPerson } from "../../core/words/actor.ts";
import { clearSignInCookie } from "../../http/visitor.ts";
import { otherAct, type PeopleRoute, view } from "../frame/people-routes.ts";
import { csrfTokenOf, seeOther, sendView } from "../frame/respond.tsx";
import { SignInsView } from "./own-sign-in-view.tsx";

export const ownSignInRoutes: readonly PeopleRoute[] = [
  view("/sign-ins", async (c) => {
    const { frame, reads, visitor } = c.var;
    const signIns = await reads.desk.signIns(visitor.signIn.responder);
    const withTokens = signIns.map(async (signIn) => {
      const ended = { purpose: "end-sign-in", subject: signIn.signInId } as const;
      return { signIn, token: await csrfTokenOf(visitor, ended) };
    });
    return sendView(
      c,
      <SignInsView
        frame={frame}
        signIns={await Promise.all(withTokens)}
        othersToken={await csrfTokenOf(visitor, { purpose: "end-other-sign-ins", subject: "" })}
      />,
    );
  }),

  otherAct("/sign-ins/end/:id", {
    purpose: "end-sign-in",
    subject: (c) => c.req.param("id"),
    backPath: () => "/sign-ins",
    perform: (c) => {
      const { responder } = c.var.visitor.signIn;
      return c.var.desk.endSignIn({
        signInId: c.req.param("id"),
        by: byPerson(responder),
        of: responder,
      });
    },
  }),

  otherAct("/sign-ins/end-others", {
    purpose: "end-other-sign-ins",
    subject: () => "",
    backPath: () => "/sign-ins",
    perform: (c) => {
      const { responder, signInId } = c.var.visitor.signIn;
      return c.var.desk.endSignInsOf(responder, { by: byPerson(responder), keptSignInId: signInId });
    },
  }),

  otherAct("/sign-out", {
    purpose: "sign-out",
    subject: (c) => c.var.visitor.signIn.signInId,
    backPath: () => "/",
    perform: async (c) => {
      const { responder, signInId } = c.var.visitor.signIn;
      await c.var.desk.endSignIn({ signInId, by: byPerson(responder), of: responder });
      clearSignInCookie(c);
      return ok(seeOther(c, "/"));
    },
  }),
];
