// Who is signed in, over the operator's API: list the sign-ins, end one, end all of a person. The admin token opens no sign-in by this.
import { byAdmin } from "../../core/words/actor.ts";
import { deskOf } from "../../http/context.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const listSignIns: Answer<RouteOf<"GET /v1/admin/sign-ins">> = async (_asked, c) =>
  reply(200, { signIns: await deskOf(c.env).signIns(null) });

export const endSignIn: Answer<RouteOf<"DELETE /v1/admin/sign-ins/:id">> = async ({ params }, c) => {
  const ended = await deskOf(c.env).endSignIn({ signInId: params.id, by: byAdmin(), of: null });
  return ended.ok ? reply(200, { ended: 1 }) : ended;
};

/** Also voids the sign-in links that wait for the person; `ended` counts the sign-ins. */
export const endSignInsOf: Answer<RouteOf<"DELETE /v1/admin/responders/:id/sign-ins">> = async (
  { params },
  c,
) => {
  const ended = await deskOf(c.env).endSignInsOf(params.id, { by: byAdmin(), keptSignInId: null });
  return ended.ok ? reply(200, ended.value) : ended;
};
