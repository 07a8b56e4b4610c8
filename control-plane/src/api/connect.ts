// GET /v1/agent/connect/SHARD/HOST: hands an agent's WebSocket to its shard. The names are checked here, because naming a Durable
// Object is what creates it: a stranger's URL must not.
import { HostId, ShardName } from "@countersign/shared/values/ids";
import { CLOSE_CODES, type CloseReason } from "@countersign/shared/wire/close-codes";
import { RETRY_AFTER } from "../http/attempts.ts";
import type { Ctx } from "../http/context.ts";
import { problem } from "../http/problem.ts";

/** Upgrades, or says why not. */
export async function connectAgent(c: Ctx): Promise<Response> {
  const shard = ShardName.safeParse(c.req.param("shard"));
  const hostId = HostId.safeParse(c.req.param("host"));
  if (!shard.success || !hostId.success) return problem("not-found");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    return problem("upgrade-required", { headers: { upgrade: "websocket" } });
  const answer = await c.env.HOST_SHARD.get(c.env.HOST_SHARD.idFromName(shard.data)).fetch(c.req.raw);
  if (answer.status === 429) return problem("too-many-attempts", { headers: RETRY_AFTER });
  return answer.status === 404 ? turnAway("host-unknown") : answer;
}

/** Accepts a socket only to close it with a code that its agent can read. Here, so that a stranger's never keeps a shard awake. */
function turnAway(reason: CloseReason): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(CLOSE_CODES[reason], reason);
  return new Response(null, { status: 101, webSocket: client });
}
