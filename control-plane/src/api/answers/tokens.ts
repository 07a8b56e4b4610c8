// One-time tokens over the operator's API: by which a host enrols, and by which a person signs in on a device.
import { assert, refuse } from "@countersign/shared/values/result";
import { byAdmin } from "../../core/words/actor.ts";
import { deskOf } from "../../http/context.ts";
import { parsePublicUrl } from "../../public-url.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const createEnrolmentToken: Answer<RouteOf<"POST /v1/admin/enrolment-tokens">> = async (_asked, c) => {
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  if (!base.ok) return base;
  return reply(201, await deskOf(c.env).createEnrolmentToken(byAdmin()));
};

export const createSignInToken: Answer<RouteOf<"POST /v1/admin/sign-in-tokens">> = async ({ body }, c) => {
  const base = parsePublicUrl(c.env.PUBLIC_URL);
  if (!base.ok) return base;
  const invited = await deskOf(c.env).inviteToSignIn(body.responder, byAdmin());
  if (!invited.ok) {
    const { reason } = invited.error;
    assert(reason !== "role-missing", "whoever holds the admin token needs no role");
    return refuse({ reason });
  }
  if (invited.value.delivery === "paged") return reply(202, invited.value);
  return reply(201, { ...invited.value, url: `${base.value}/sign-in/${invited.value.token}` });
};
