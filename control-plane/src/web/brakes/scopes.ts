// What a person may point at: the fleet, each host, each service of a host. Listed by name, found by words, and named by a key. Pure.
import {
  FLEET,
  hostedSubject,
  type HostedSubject,
  nameOf,
  type Scope,
  subjectKeyOf,
} from "../../core/words/subject.ts";
import { foldedText, searchWordsOf } from "../../read-side/search-words.ts";

/** A host that may be pointed at, with as many of its services as are known. */
export interface PointedHost {
  readonly hostId: string;
  readonly name: string;
  readonly services: readonly string[];
}

/** Puts names in order, and never throws, whatever stands where a name should. */
const NAMES = new Intl.Collator();

/** Each host with its services, by name. */
export function scopesOf(hosts: readonly PointedHost[]): readonly HostedSubject[] {
  return hosts
    .toSorted((left, right) => NAMES.compare(left.name, right.name))
    .flatMap(({ hostId, name: hostName, services }) =>
      [null, ...services].map((service) => hostedSubject({ hostId, hostName }, service)),
    );
}

/** Those whose name has every word of the search in it. */
export function findScopes<S extends Scope>(scopes: readonly S[], search: string): readonly S[] {
  const words = searchWordsOf(search);
  return scopes.filter((scope) => {
    const name = foldedText(nameOf(scope));
    return words.every((word) => name.includes(word));
  });
}

/** A host by its id or, where it is not null, a service of it. */
interface PointedBy {
  readonly hostId: string;
  readonly service: string | null;
}

/** What a scope's key names; null: it is no such key. */
export function pointedBy(key: string): typeof FLEET | PointedBy | null {
  if (key === subjectKeyOf(FLEET)) return FLEET;
  const [kind, hostId, service, ...rest] = key.split("/").map(unescaped);
  if (hostId === undefined || rest.length > 0) return null;
  if (kind === "host" && service === undefined) return { hostId, service: null };
  return kind === "service" && service !== undefined ? { hostId, service } : null;
}

/** The scope of a key among these; undefined: there is none such. */
export function scopeOf(scopes: readonly Scope[], key: string): Scope | undefined {
  return scopes.find((scope) => subjectKeyOf(scope) === key);
}

function unescaped(part: string): string {
  return part.replaceAll("%2F", "/").replaceAll("%25", "%");
}
