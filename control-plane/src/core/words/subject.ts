// What a signal, an incident or a freeze is about: how it is named, by which key it is kept, and when two are the same. Pure.

/** Who or what an incident is about. */
export interface Subject {
  readonly hostId: string;
  readonly hostName: string;
  /** null: the host itself */
  readonly service: string | null;
}

/** The scope of a freeze of everything. */
export const FLEET: Subject = { hostId: "fleet", hostName: "the fleet", service: null };

/** Says whether a subject is the fleet: as a whole, or what one shard has of it. */
export function isFleet({ hostId }: Pick<Subject, "hostId">): boolean {
  return hostId === FLEET.hostId || hostId.startsWith(`${FLEET.hostId}:`);
}

/** The key of a freeze: `fleet`, `HOST`, or `HOST/SERVICE`. */
export function scopeKeyOf({ hostId, service }: Subject): string {
  return service === null ? hostId : `${hostId}/${service}`;
}

/** How a subject is named in texts: `demo on web-1`, or `web-1` for the host itself. */
export function nameOf(subject: Subject): string {
  return subject.service === null ? subject.hostName : `${subject.service} on ${subject.hostName}`;
}

/** A person as the subject of an incident about the human path: their pages do not arrive. */
export function responderSubject({ id, name }: { readonly id: string; readonly name: string }): Subject {
  return { hostId: `responder:${id}`, hostName: name, service: null };
}

/** A shard as the subject of an incident about ourselves. */
export function shardSubject(shard: string): Subject {
  return { hostId: `shard:${shard}`, hostName: shard, service: null };
}

/** Says whether two subjects are the same thing; names are for display and do not count. */
export function isSameSubject(left: Subject, right: Subject): boolean {
  return left.hostId === right.hostId && left.service === right.service;
}

/** A part of the control plane as the subject of an incident. */
export function partSubject(part: string): Subject {
  if (part === "desk") return { hostId: "part:desk", hostName: "the desk", service: null };
  return { hostId: `shard:${part}`, hostName: part, service: null };
}

/** Whom a finding over the whole shard is about. */
export function fleetSubjectOf({ shard }: { readonly shard: string }): Subject {
  return { hostId: `fleet:${shard}`, hostName: "the fleet", service: null };
}
