// Who is signed in, over the operator's API: list the sessions, end one, end all of a person. The admin token opens no session by this.
import { type Ctx, deskOf } from "../http/context.ts";
import { problem } from "../http/problem.ts";

/** Whom the audit names for what the admin token did. */
const ADMIN = "admin";

export async function listSessions(c: Ctx): Promise<Response> {
  return c.json({ sessions: await deskOf(c.env).sessions(null) });
}

export async function endSession(c: Ctx): Promise<Response> {
  const sessionId = c.req.param("id") ?? "";
  const ended = await deskOf(c.env).endSession({ sessionId, by: ADMIN, of: null });
  return ended.ok ? c.json({ ended: 1 }) : problem(ended.error.reason);
}

/** Also voids the sign-in links that wait for the person; `ended` counts the sessions. */
export async function endSessionsOf(c: Ctx): Promise<Response> {
  const responder = c.req.param("id") ?? "";
  const ended = await deskOf(c.env).endSessionsOf(responder, { by: ADMIN, keptSessionId: null });
  return ended.ok ? c.json(ended.value) : problem(ended.error.reason);
}
