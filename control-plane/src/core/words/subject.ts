// Whom or what something is about, as a tagged union: its constructors, the names that people read, the keys under which things are
// kept, and sameness. Pure. What a reader would get wrong: names are for display and do not count, two subjects are the same by their
// ids alone. A key is the same for the same subject and for no other, whatever names contain.
import { plainLine } from "./plain-line.ts";

export interface HostSubject {
  readonly kind: "host";
  readonly hostId: string;
  readonly hostName: string;
}

export interface ServiceSubject {
  readonly kind: "service";
  readonly hostId: string;
  readonly hostName: string;
  readonly service: string;
}

/** A host itself, or one of its services. */
export type HostedSubject = HostSubject | ServiceSubject;

/** The whole fleet; with a shard's name, what that shard has of it. */
export interface FleetSubject {
  readonly kind: "fleet";
  readonly shard: string | null;
}

/** What several hosts of one shard have in common: a provider that they call, an identity that they use. */
export interface SharedSubject {
  readonly kind: "provider" | "identity";
  readonly shard: string;
  readonly name: string;
}

/** Which of what a shard's hosts have in common. */
export type Shared = Pick<SharedSubject, "kind" | "name">;

/** Who or what a signal, an incident or a freeze is about. */
export type Subject =
  | HostedSubject
  | FleetSubject
  | SharedSubject
  /** somebody on the people side: a responder of the policy */
  | { readonly kind: "person"; readonly responder: string; readonly name: string }
  /** a way to reach people, as the policy names it */
  | { readonly kind: "channel"; readonly channel: string }
  /** a part of the control plane itself: a shard, or (null) the desk */
  | { readonly kind: "part"; readonly shard: string | null }
  /** what is neither a part of ours nor on a host of the fleet */
  | { readonly kind: "external"; readonly name: string };

/** What a brake can hold: everything, a host with its services, or one service. */
export type Scope = FleetSubject | HostedSubject;

/** The scope of a freeze of everything. */
export const FLEET: FleetSubject = { kind: "fleet", shard: null };

/** A host itself. */
export function hostSubject(hostId: string, hostName: string): HostSubject {
  return { kind: "host", hostId, hostName };
}

/** A service of the host on which another subject lives, or (null) that host itself. */
export function hostedSubject(
  { hostId, hostName }: Pick<HostedSubject, "hostId" | "hostName">,
  service: string | null,
): HostedSubject {
  return service === null
    ? { kind: "host", hostId, hostName }
    : { kind: "service", hostId, hostName, service };
}

/** What one shard has of the fleet. */
export function fleetSubjectOf({ shard }: { readonly shard: string }): FleetSubject {
  return { kind: "fleet", shard };
}

/** A person, for incidents about the way to them. */
export function personSubject({ id, name }: { readonly id: string; readonly name: string }): Subject {
  return { kind: "person", responder: id, name };
}

/** A part of the control plane, by the name that it has in what was found there: `desk`, or a shard's. */
export function partSubject(part: string): Subject {
  return { kind: "part", shard: part === "desk" ? null : part };
}

/** How a subject is named in texts: `demo on web-1`, or `web-1` for the host itself. */
export function nameOf(subject: Subject): string {
  switch (subject.kind) {
    case "host":
      return subject.hostName;
    case "service":
      return `${subject.service} on ${subject.hostName}`;
    case "fleet":
      return "the fleet";
    case "provider":
    case "identity":
      return plainLine(`${subject.kind} ${subject.name}`);
    case "person":
    case "external":
      return subject.name;
    case "channel":
      return subject.channel;
    case "part":
      return subject.shard ?? "the desk";
  }
}

/** The name of the host that a subject lives on; of anything else, its own. */
export function placeNameOf(subject: Subject): string {
  return isHosted(subject) ? subject.hostName : nameOf(subject);
}

/** The service that a subject is; null: it is none. */
export function serviceOf(subject: Subject): string | null {
  return subject.kind === "service" ? subject.service : null;
}

/** The host that a subject is, or lives on; null: none. */
export function hostIdIn(subject: Subject): string | null {
  return isHosted(subject) ? subject.hostId : null;
}

/** Says whether a subject is a host or lives on one. */
export function isHosted(subject: Subject): subject is HostedSubject {
  return subject.kind === "host" || subject.kind === "service";
}

/** Says whether two subjects are the same thing. */
export function isSameSubject(left: Subject, right: Subject): boolean {
  if (left.kind !== right.kind || hostIdIn(left) !== hostIdIn(right)) return false;
  return subjectKeyOf(left) === subjectKeyOf(right);
}

/** The key of a subject, such as `host/HOST`, `service/HOST/SERVICE` or `fleet`. */
export function subjectKeyOf(subject: Subject): string {
  switch (subject.kind) {
    case "host":
      return keyOf(subject.kind, subject.hostId);
    case "service":
      return keyOf(subject.kind, subject.hostId, subject.service);
    case "fleet":
      return subject.shard === null ? keyOf(subject.kind) : keyOf(subject.kind, subject.shard);
    case "provider":
    case "identity":
      return keyOf(subject.kind, subject.shard, subject.name);
    case "person":
      return keyOf(subject.kind, subject.responder);
    case "channel":
      return keyOf(subject.kind, subject.channel);
    case "part":
      return subject.shard === null ? keyOf(subject.kind) : keyOf(subject.kind, subject.shard);
    case "external":
      return keyOf(subject.kind, subject.name);
  }
}

function keyOf(kind: Subject["kind"], ...parts: readonly string[]): string {
  return [kind, ...parts.map((part) => part.replaceAll("%", "%25").replaceAll("/", "%2F"))].join("/");
}
