// The Worker's bindings. Secrets come in here and go nowhere else: never into D1, pages or logs.
import type { ActorEnv } from "./platform/actor-env.ts";
import type { IncidentDesk } from "./platform/desk/incident-desk.ts";
import type { HostShard } from "./platform/shard/host-shard.ts";

export interface Env extends ActorEnv {
  readonly HOST_SHARD: DurableObjectNamespace<HostShard>;
  readonly INCIDENT_DESK: DurableObjectNamespace<IncidentDesk>;
  /** secret: bearer token of the admin API; at least 32 characters */
  readonly ADMIN_TOKEN: string;
  /** Cloudflare only: the platform's own count of failed attempts by address, shared by the isolates of a place */
  readonly FAILED_ATTEMPTS?: RateLimit;
  /** embedded only: the folder of the files that hold secrets of channels, for people to be told where they put one */
  readonly SECRET_FOLDER?: string;
}
