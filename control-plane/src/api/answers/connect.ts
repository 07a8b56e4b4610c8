// GET /v1/agent/connect/SHARD/HOST: hands an agent's WebSocket to its shard. The names are checked before (api/table/door-routes.ts), because
// naming a Durable Object is what creates it: a stranger's URL must not.
import { ok, refuse } from "@countersign/shared/values/result";
import { CLOSE_CODES, type CloseReason } from "@countersign/shared/wire/close-codes";
import { RETRY_AFTER } from "../../http/attempts.ts";
import type { RouteOf } from "../table/routes.ts";
import type { Answer } from "./answer.ts";
import { askPart } from "./part.ts";

/** Upgrades, or says why not. */
export const connectAgent: Answer<RouteOf<"GET /v1/agent/connect/:shard/:host">> = async ({ params }, c) => {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    return refuse({ reason: "upgrade-required", headers: { upgrade: "websocket" } });
  const asked = await askPart(`Connect an agent to ${params.shard}`, () =>
    c.env.HOST_SHARD.get(c.env.HOST_SHARD.idFromName(params.shard)).fetch(c.req.raw),
  );
  if (!asked.ok) return asked;
  const response = asked.value;
  if (response.status === 429) return refuse({ reason: "too-many-attempts", headers: RETRY_AFTER });
  return ok({ status: 101, response: response.status === 404 ? turnAway("host-unknown") : response });
};

/** Accepts a socket only to close it with a code that its agent can read. Here, so that a stranger's never keeps a shard awake. */
function turnAway(reason: CloseReason): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(CLOSE_CODES[reason], reason);
  return new Response(null, { status: 101, webSocket: client });
}
