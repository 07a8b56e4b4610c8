// How a scope is found: by words, in D1 and, for hosts, in the desk's own register, which is there when D1 is not; and by its exact key, which
// the register knows for a host and its one shard for a service. No shard is searched, so that the brake of the fleet or of a host can be pulled while
// neither D1 nor the host's shard answers.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { serviceNamesOf } from "../../core/shard/host/host-condition.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import {
  type HostedSubject,
  hostSubject,
  type Scope,
  type ServiceSubject,
} from "../../core/words/subject.ts";
import { hostNow } from "../../http/host-now.ts";
import type { Reads } from "../../http/reads.ts";
import type { ScopeRefusal } from "../frame/refusals.ts";
import { findScopes, pointedBy, scopesOf } from "./scopes.ts";

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
    lists.hosts({ search, after: null, limit: SCOPES_SHOWN_MAX }),
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

/** The scope of a key, if it is there now. */
export async function scopeAt(reads: Reads, key: string): Promise<Result<Scope, ScopeRefusal>> {
  const pointed = pointedBy(key);
  if (pointed === null) return refuse({ reason: "scope-unknown" });
  if ("kind" in pointed) return ok(pointed);
  if (pointed.service !== null) {
    const at = await serviceAt(reads, key);
    return at.ok ? ok(at.value.scope) : at;
  }
  const [host] = await reads.desk.registered([pointed.hostId]);
  if (host === undefined) return refuse({ reason: "scope-unknown" });
  return ok(hostSubject(host.hostId, host.name));
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
  const asked = await hostNow(shard, registered);
  if (!asked.ok) return asked;
  const host = asked.value;
  if (host === null || !serviceNamesOf(host).includes(service)) return refuse({ reason: "scope-unknown" });
  return ok({ scope: { kind: "service", hostId, hostName: registered.name, service }, host });
}
