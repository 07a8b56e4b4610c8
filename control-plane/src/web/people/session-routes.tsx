// A person's own sign-ins: which devices are signed in as them, and the two acts of ending one and all others. Those of other people are
// the operator's to end (api/admin-sessions.ts).
import { Hono } from "hono";
import { takeAct } from "../frame/act.ts";
import { deskOf, type Bound } from "../../http/context.ts";
import { SessionsView } from "./sessions-view.tsx";
import { askToSignIn, csrfTokenOf, frameOf, sendView } from "../frame/respond.tsx";
import { visitorOf } from "../../http/session.ts";

export const sessionRoutes = new Hono<Bound>();

sessionRoutes.get("/sign-ins", async (c) => {
  const visitor = await visitorOf(c);
  if (visitor === null) return askToSignIn(c);
  const sessions = await deskOf(c.env).sessions(visitor.session.responder);
  const withTokens = sessions.map(async (session) => {
    const act = { purpose: "end-session", subject: session.sessionId, proposalHash: "" } as const;
    return { session, token: await csrfTokenOf(visitor, act) };
  });
  const othersAct = { purpose: "end-other-sessions", subject: "", proposalHash: "" } as const;
  return sendView(
    c,
    <SessionsView
      frame={await frameOf(visitor)}
      sessions={await Promise.all(withTokens)}
      othersToken={await csrfTokenOf(visitor, othersAct)}
    />,
  );
});

sessionRoutes.post("/sign-ins/end/:id", (c) => {
  const sessionId = c.req.param("id");
  const act = { purpose: "end-session", subject: sessionId, backPath: "/sign-ins" } as const;
  return takeAct(c, act, ({ visitor }) => {
    const { responder } = visitor.session;
    return deskOf(c.env).endSession({ sessionId, by: responder, of: responder });
  });
});

sessionRoutes.post("/sign-ins/end-others", (c) => {
  const act = { purpose: "end-other-sessions", subject: "", backPath: "/sign-ins" } as const;
  return takeAct(c, act, ({ visitor }) => {
    const { responder, sessionId } = visitor.session;
    return deskOf(c.env).endSessionsOf(responder, { by: responder, keptSessionId: sessionId });
  });
});
