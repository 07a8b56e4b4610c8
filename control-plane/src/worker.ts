// The Worker's entry: HTTP, the cron watchdog, and the two actors. Cron is no detector (one minute, spare machines): it only makes
// sure that the actors' alarms are armed, because an alarm that failed six times is dropped for good.
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";
import { forgetOld } from "./read-side/forget-old.ts";
import { watchActors } from "./watch-actors.ts";

export { HostShard } from "./platform/shard/host-shard.ts";
export { IncidentDesk } from "./platform/desk/incident-desk.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  async scheduled({ scheduledTime }, env) {
    await watchActors(env);
    // Last: while D1 is down, the actors are watched all the same.
    await forgetOld(env.DB, scheduledTime);
  },
} satisfies ExportedHandler<Env>;
