// GET /v1/agent/connect/SHARD/HOST: hands an agent's WebSocket to its shard. The names are checked here, because naming a Durable
// Object is what creates it: a stranger's URL must not.
import { HostId, ShardName } from "@countersign/shared/ids";
import type { Ctx } from "./context.ts";
import { problem } from "./problem.ts";

/** Upgrades, or says why not. */
export async function connectAgent(c: Ctx): Promise<Response> {
  const shard = ShardName.safeParse(c.req.param("shard"));
  const hostId = HostId.safeParse(c.req.param("host"));
  if (!shard.success || !hostId.success) return problem("not-found");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    return problem("upgrade-required", { headers: { upgrade: "websocket" } });
  return c.env.HOST_SHARD.get(c.env.HOST_SHARD.idFromName(shard.data)).fetch(c.req.raw);
}
