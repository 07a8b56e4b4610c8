// The real Worker, whose shard also does one thing again and again when asked: a whole sweep, or a bare look at its sockets to set beside it.
// POST /bench/repeat?what=sweep|look&times=N. Time is taken outside: inside it may stand still. For the benchmark of sweeps only.
import type { Env } from "../../../control-plane/src/env.ts";
import { HostShard as RealHostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import worker from "../../../control-plane/src/worker.ts";

export { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";

export class HostShard extends RealHostShard {
  /** Sweeps as its alarm does; gives how many sockets it has. */
  async sweepAgain(times: number): Promise<number> {
    for (let time = 0; time < times; time += 1) await this.alarm();
    return this.ctx.getWebSockets().length;
  }

  /** Asks each socket whether it is open and when it was last heard: less than that no sweep can do. */
  async lookAgain(times: number): Promise<number> {
    let open = 0;
    for (let time = 0; time < times; time += 1)
      for (const socket of this.ctx.getWebSockets())
        if (
          socket.readyState === WebSocket.OPEN &&
          this.ctx.getWebSocketAutoResponseTimestamp(socket) !== null
        )
          open += 1;
    return open / Math.max(times, 1);
  }

  /** Reads what is attached to each socket; gives the bytes of its JSON, all together. */
  async attachedBytes(): Promise<number> {
    return this.ctx
      .getWebSockets()
      .reduce((sum, socket) => sum + JSON.stringify(socket.deserializeAttachment()).length, 0);
  }
}

async function repeat(env: Env, query: URLSearchParams): Promise<number> {
  const shards = env.HOST_SHARD as unknown as DurableObjectNamespace<HostShard>;
  const shard = shards.get(shards.idFromName("shard-0"));
  const times = Number(query.get("times"));
  if (query.get("what") === "sweep") return shard.sweepAgain(times);
  return query.get("what") === "look" ? shard.lookAgain(times) : shard.attachedBytes();
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    return pathname === "/bench/repeat"
      ? Response.json(await repeat(env, searchParams))
      : worker.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
