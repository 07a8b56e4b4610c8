// Who is signed in, over the operator's API: list the sign-ins, end one, end all of a person. The admin token opens no sign-in by this.
import { byAdmin } from "../core/words/actor.ts";
import { type Ctx, deskOf } from "../http/context.ts";
import { problem } from "../http/problem.ts";

/** Whom the audit names for what the admin token did. */
const ADMIN = byAdmin();

export async function listSignIns(c: Ctx): Promise<Response> {
  return c.json({ signIns: await deskOf(c.env).signIns(null) });
}

export async function endSignIn(c: Ctx): Promise<Response> {
  const signInId = c.req.param("id") ?? "";
  const ended = await deskOf(c.env).endSignIn({ signInId, by: ADMIN, of: null });
  return ended.ok ? c.json({ ended: 1 }) : problem(ended.error.reason);
}

/** Also voids the sign-in links that wait for the person; `ended` counts the sign-ins. */
export async function endSignInsOf(c: Ctx): Promise<Response> {
  const responder = c.req.param("id") ?? "";
  const ended = await deskOf(c.env).endSignInsOf(responder, { by: ADMIN, keptSignInId: null });
  return ended.ok ? c.json(ended.value) : problem(ended.error.reason);
}
