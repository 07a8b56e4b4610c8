// What a person may point at: the fleet, each host, each service of a host, as the shards know them now. Found by words, and
// bounded: a view lists some of them and says how many there are. Pure.
import { namesOf } from "@countersign/shared/values/named";
import { nameOf } from "../../core/words/subject.ts";
import { FLEET, scopeKeyOf } from "../../core/words/subject.ts";
import type { HostState } from "../../core/shard/host/shard-state.ts";
import type { Subject } from "../../core/words/subject.ts";

/** Longest search that is read. */
export const SEARCH_CHARS_MAX = 100;

/** Puts names in order, and never throws, whatever stands where a name should. */
export const NAMES = new Intl.Collator();

/** The fleet first, then each host with its services. */
export function scopesOf(hosts: readonly HostState[]): readonly Subject[] {
  const byName = hosts.toSorted((left, right) => NAMES.compare(left.name, right.name));
  return [FLEET, ...byName.flatMap((host) => [subjectOf(host, null), ...servicesOf(host)])];
}

/** The services of a host, by name: of its catalogue, and those known by facts alone. */
export function serviceNamesOf(host: HostState): readonly string[] {
  const listed = host.connection?.catalogue.map(({ service }) => service) ?? [];
  return [...new Set([...listed, ...namesOf(host.services)])].toSorted();
}

/** Those whose name has every word of the search in it. */
export function findScopes(scopes: readonly Subject[], search: string): readonly Subject[] {
  const words = search.slice(0, SEARCH_CHARS_MAX).toLowerCase().split(/\s+/);
  return scopes.filter((scope) => {
    const name = nameOf(scope).toLowerCase();
    return words.every((word) => name.includes(word));
  });
}

/** The scope of a key; undefined: there is none such. */
export function scopeOf(scopes: readonly Subject[], key: string): Subject | undefined {
  return scopes.find((scope) => scopeKeyOf(scope) === key);
}

// A host whose services cannot be read is still there to be frozen, and so are the others.
function servicesOf(host: HostState): readonly Subject[] {
  try {
    return serviceNamesOf(host).map((service) => subjectOf(host, service));
  } catch {
    return [];
  }
}

function subjectOf({ hostId, name }: HostState, service: string | null): Subject {
  return { hostId, hostName: name, service };
}
