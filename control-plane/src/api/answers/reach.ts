// Whether people can be woken, over the operator's API: what the views of people say, and where this desk keeps the
// secrets of channels. The folder's path is told to whoever has the admin token, and to nobody else.
import type { Env } from "../../env.ts";
import { deskOf } from "../../http/context.ts";
import { parsePublicUrl } from "../../public-url.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const showReach: Answer<RouteOf<"GET /v1/admin/reach">> = async (_, c) =>
  reply(200, { ...(await deskOf(c.env).reach()), here: hereOf(c.env) });

function hereOf({ PUBLIC_URL, SECRET_FOLDER }: Pick<Env, "PUBLIC_URL" | "SECRET_FOLDER">) {
  const publicUrl = parsePublicUrl(PUBLIC_URL);
  return { secretFolder: SECRET_FOLDER ?? null, publicUrl: publicUrl.ok ? publicUrl.value : null };
}
