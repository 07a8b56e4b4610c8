// The Worker's bindings, one place. Secrets come in here and go nowhere else: never into D1, pages or logs.
import type { HostShard } from "./actors/shard/host-shard.ts";
import type { IncidentDesk } from "./actors/desk/incident-desk.ts";

export interface Env {
  readonly HOST_SHARD: DurableObjectNamespace<HostShard>;
  readonly INCIDENT_DESK: DurableObjectNamespace<IncidentDesk>;
  readonly DB: D1Database;
  /** YAML or JSON text of the policy (shared/src/policy/policy.ts) */
  readonly POLICY: string;
  /** where people reach the desk, such as https://desk.example.org; links in pages start with it */
  readonly PUBLIC_URL: string;
  /** secret: the desk's Ed25519 private key, PKCS#8 base64, and its public key, raw base64 */
  readonly DESK_PRIVATE_KEY: string;
  readonly DESK_PUBLIC_KEY: string;
  /** secret: bearer token of the admin API; at least 32 characters */
  readonly ADMIN_TOKEN: string;
  /** embedded only: pages for the `terminal` channel are POSTed here as JSON */
  readonly TERMINAL?: Fetcher;
  /** Cloudflare only: the platform's own count of failed attempts by address, shared by the isolates of a place */
  readonly FAILED_ATTEMPTS?: RateLimit;
  readonly CF_VERSION_METADATA?: { readonly id: string };
}
