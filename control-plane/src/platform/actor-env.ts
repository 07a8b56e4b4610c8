// The bindings that the two actors use. They know each other by what they may call and not by their classes. Pure types.
import type { Mailer } from "../channels/channel.ts";
import type { HostShardRpc, IncidentDeskRpc } from "./rpc.ts";

/** Actors of one class, by name. */
interface Actors<Rpc> {
  idFromName(name: string): DurableObjectId;
  get(id: DurableObjectId): Rpc;
}

export interface ActorEnv {
  readonly HOST_SHARD: Actors<HostShardRpc>;
  readonly INCIDENT_DESK: Actors<IncidentDeskRpc>;
  readonly DB: D1Database;
  /** YAML or JSON text of the policy (control-plane/src/policy/policy.ts) */
  readonly POLICY: string;
  /** where people reach the desk, such as https://desk.example.org; links in pages start with it */
  readonly PUBLIC_URL: string;
  /** secret: the desk's Ed25519 private key, PKCS#8 base64, and its public key, raw base64 */
  readonly DESK_PRIVATE_KEY: string;
  readonly DESK_PUBLIC_KEY: string;
  /** embedded only: pages for the `terminal` channel are POSTed here as JSON */
  readonly TERMINAL?: Fetcher;
  /** Cloudflare only: sends mails (`send_email` of wrangler.toml); absent: a channel that needs it says so */
  readonly EMAIL?: Mailer;
  readonly CF_VERSION_METADATA?: { readonly id: string };
}
