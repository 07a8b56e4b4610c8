// The Worker's entry: HTTP, the cron watchdog, and the two actors. Cron is no detector (one minute, spare machines): it only makes
// sure that the actors' alarms are armed, because an alarm that failed six times is dropped for good.
import type { HostShardRpc, IncidentDeskRpc } from "./actors/rpc.ts";
import type { Env } from "./env.ts";
import { createApp } from "./http/app.ts";
import { deskOf, shardOf } from "./http/context.ts";

export { HostShard } from "./actors/host-shard.ts";
export { IncidentDesk } from "./actors/incident-desk.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    const desk = deskOf(env);
    const { shards } = await desk.overview();
    const watched = await Promise.allSettled(
      [desk, ...shards.map((shard) => shardOf(env, shard))].map((actor: Watched) => actor.watch()),
    );
    const failed = watched.filter(({ status }) => status === "rejected");
    if (failed.length > 0) throw new Error(`Watch ${watched.length} actors: ${failed.length} did not answer`);
  },
} satisfies ExportedHandler<Env>;

type Watched = Pick<HostShardRpc | IncidentDeskRpc, "watch">;
