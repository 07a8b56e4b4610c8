// How a scope is found: by words, in D1 and, for hosts, in the desk's own register, which is there when D1 is not; and by its exact key, which
// the desk knows for a host and for what an incident is open about, and the host's shard for any other service. No shard is searched, so that
// the brake of the fleet or of a host can be pulled while neither D1 nor the host's shard answers.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { serviceNamesOf } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import {
  type HostedSubject,
  hostedSubject,
  isSameSubject,
  type Scope,
  type ServiceSubject,
} from "../../core/words/subject.ts";
import { hostNow } from "../../http/host-now.ts";
import type { Lists } from "../../http/lists.ts";
import type { RegisteredHost } from "../../platform/desk/desk-hosts.ts";
import type { HostShardRpc, IncidentDeskRpc } from "../../platform/rpc.ts";
import type { ScopeRefusal } from "../frame/refusals.ts";
import { findScopes, pointedBy, scopesOf } from "./scopes.ts";

/** Who is asked for a scope by its key. */
export interface ScopeReads {
  readonly desk: Pick<IncidentDeskRpc, "hostAt" | "registered">;
  readonly shard: (name: string) => Pick<HostShardRpc, "host">;
}

/** Who is asked. */
interface Reads extends ScopeReads {
  readonly desk: ScopeReads["desk"] & Pick<IncidentDeskRpc, "findHosts">;
  readonly lists: Pick<Lists, "hosts">;
}

/** Scopes listed at once; the search finds the others. */
export const SCOPES_SHOWN_MAX = 50;

/** What a search found. */
export interface FoundScopes {
  /** at most `SCOPES_SHOWN_MAX` */
  readonly found: readonly HostedSubject[];
  readonly hasMore: boolean;
  /** false: D1 does not answer, and hosts alone were found */
  readonly hasServices: boolean;
}

/** Finds what a person may point at, of those that `isMeant`. */
export async function searchScopes(
  { desk, lists }: Reads,
  search: string,
  isMeant: (scope: HostedSubject) => boolean,
): Promise<FoundScopes> {
  const [registered, listed] = await Promise.all([
    desk.findHosts(search),
    lists.hosts({ tag: null, state: null, search, after: null, limit: SCOPES_SHOWN_MAX }),
  ]);
  const rows = (listed?.rows ?? []).map(({ hostId, name, services }) => {
    return { hostId, name, services: services.map(({ service }) => service) };
  });
  const known = new Set(rows.map(({ hostId }) => hostId));
  const others = registered.filter(({ hostId }) => !known.has(hostId));
  const hosts = [...rows, ...others.map(({ hostId, name }) => ({ hostId, name, services: [] }))];
  const all = findScopes(scopesOf(hosts), search).filter(isMeant);
  const hasMore = all.length > SCOPES_SHOWN_MAX || (listed?.next ?? null) !== null;
  return { found: all.slice(0, SCOPES_SHOWN_MAX), hasMore, hasServices: listed !== null };
}

/** The scope of a key, if it is there now. What an incident is open about is there, whether or not its shard knows it or answers. */
export async function scopeAt(
  { desk, shard }: ScopeReads,
  key: string,
): Promise<Result<Scope, ScopeRefusal>> {
  const pointed = pointedBy(key);
  if (pointed === null) return refuse({ reason: "scope-unknown" });
  if ("kind" in pointed) return ok(pointed);
  const known = await desk.hostAt(pointed.hostId);
  if (known === null) return refuse({ reason: "scope-unknown" });
  const { host, open } = known;
  const scope = hostedSubject({ hostId: host.hostId, hostName: host.name }, pointed.service);
  if (scope.kind === "host" || open.some(({ subject }) => isSameSubject(subject, scope))) return ok(scope);
  const asked = await hostOf(shard, host, scope.service);
  return asked.ok ? ok(scope) : asked;
}

/** The service of a key, with its host as the shard knows it now. */
export async function serviceAt(
  { desk, shard }: Reads,
  key: string,
): Promise<Result<{ readonly scope: ServiceSubject; readonly host: HostState }, ScopeRefusal>> {
  const pointed = pointedBy(key);
  if (pointed === null || "kind" in pointed || pointed.service === null)
    return refuse({ reason: "scope-unknown" });
  const { hostId, service } = pointed;
  const [registered] = await desk.registered([hostId]);
  if (registered === undefined) return refuse({ reason: "scope-unknown" });
  const asked = await hostOf(shard, registered, service);
  if (!asked.ok) return asked;
  return ok({ scope: { kind: "service", hostId, hostName: registered.name, service }, host: asked.value });
}

/** The host of a service, as its shard knows both. */
async function hostOf(
  shard: Reads["shard"],
  registered: RegisteredHost,
  service: string,
): Promise<Result<HostState, ScopeRefusal>> {
  const asked = await hostNow(shard, registered);
  if (!asked.ok) return asked;
  const host = asked.value;
  return host !== null && serviceNamesOf(host).includes(service)
    ? ok(host)
    : refuse({ reason: "scope-unknown" });
}
