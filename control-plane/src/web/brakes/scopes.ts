// What a person may point at: the fleet, each host, each service of a host, as the shards know them now. Found by words, and
// bounded: a view lists some of them and says how many there are. Pure.
import { namesOf } from "@countersign/shared/values/named";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import {
  FLEET,
  hostedSubject,
  isHosted,
  nameOf,
  type Scope,
  subjectKeyOf,
} from "../../core/words/subject.ts";

/** Longest search that is read. */
export const SEARCH_CHARS_MAX = 100;

/** Puts names in order, and never throws, whatever stands where a name should. */
export const NAMES = new Intl.Collator();

/** The fleet first, then each host with its services. */
export function scopesOf(hosts: readonly HostState[]): readonly Scope[] {
  const byName = hosts.toSorted((left, right) => NAMES.compare(left.name, right.name));
  return [FLEET, ...byName.flatMap((host) => [subjectOf(host, null), ...servicesOf(host)])];
}

/** The services of a host, by name: of its catalogue, and those known by facts alone. */
export function serviceNamesOf(host: HostState): readonly string[] {
  const listed = host.connection?.catalogue.map(({ service }) => service) ?? [];
  return [...new Set([...listed, ...namesOf(host.services)])].toSorted();
}

/** Those whose name has every word of the search in it. */
export function findScopes(scopes: readonly Scope[], search: string): readonly Scope[] {
  const words = search.slice(0, SEARCH_CHARS_MAX).toLowerCase().split(/\s+/);
  return scopes.filter((scope) => {
    const name = nameOf(scope).toLowerCase();
    return words.every((word) => name.includes(word));
  });
}

/** The name of a host that may be pointed at; undefined: there is none such. */
export function hostNameIn(scopes: readonly Scope[], hostId: string): string | undefined {
  return scopes.filter(isHosted).find((scope) => scope.hostId === hostId)?.hostName;
}

/** The scope of a key; undefined: there is none such. */
export function scopeOf(scopes: readonly Scope[], key: string): Scope | undefined {
  return scopes.find((scope) => subjectKeyOf(scope) === key);
}

// A host whose services cannot be read is still there to be frozen, and so are the others.
function servicesOf(host: HostState): readonly Scope[] {
  try {
    return serviceNamesOf(host).map((service) => subjectOf(host, service));
  } catch {
    return [];
  }
}

function subjectOf({ hostId, name }: HostState, service: string | null): Scope {
  return hostedSubject({ hostId, hostName: name }, service);
}
