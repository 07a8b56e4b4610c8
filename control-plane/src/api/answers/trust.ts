// The fleet's trust over the operator's API: all its versions, and the next one. The desk takes it by the same rule as a host does
// (shared/src/wire/trust-chain.ts), so who holds the admin token alone adds and removes nobody.
import { refuse } from "@countersign/shared/values/result";
import { byAdmin } from "../../core/words/actor.ts";
import { deskOf } from "../../http/context.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";

export const showTrust: Answer<RouteOf<"GET /v1/admin/trust">> = async (_asked, c) =>
  reply(200, await deskOf(c.env).trustNow());

export const publishTrust: Answer<RouteOf<"POST /v1/admin/trust">> = async ({ body }, c) => {
  const published = await deskOf(c.env).publishTrust(body, byAdmin());
  if (published.ok) return reply(200, published.value);
  const { detail, reason } = published.error;
  return refuse({ reason, detail: `${detail}. Nothing was changed.` });
};
