// Who did something, as a tagged union: its constructors and its name in texts. Pure. What a reader would get wrong: a name is for
// people and is never read back; whoever asks what somebody may do asks for the kind. A responder may be called `desk`.
import type { Policy } from "../../policy/policy.ts";

/** A responder of the policy. */
export interface Person {
  readonly kind: "person";
  readonly responder: string;
}

/** Whoever holds the admin token; `name` is what they call themselves. null: they did not say */
export interface Admin {
  readonly kind: "admin";
  readonly name: string | null;
}

/** The desk itself, on its own account. */
export interface ByDesk {
  readonly kind: "desk";
}

export type Actor =
  | Person
  | Admin
  | { readonly kind: "rule"; readonly reason: keyof Policy["rules"] }
  | ByDesk
  | { readonly kind: "shard"; readonly shard: string }
  | { readonly kind: "host"; readonly hostId: string }
  /** somebody who did not prove who they are */
  | { readonly kind: "unknown" };

export const BY_DESK: ByDesk = { kind: "desk" };
export const BY_UNKNOWN: Actor = { kind: "unknown" };

/** By a responder. */
export function byPerson(responder: string): Person {
  return { kind: "person", responder };
}

/** By a rule: what it found made something happen. */
export function byRule(reason: keyof Policy["rules"]): Actor {
  return { kind: "rule", reason };
}

/** By a host, on its own word. */
export function byHost(hostId: string): Actor {
  return { kind: "host", hostId };
}

/** By a part of the control plane, as what was found there names it: `desk`, or a shard's name. */
export function byPart(part: string): Actor {
  return part === "desk" ? BY_DESK : { kind: "shard", shard: part };
}

/** By whoever holds the admin token. */
export function byAdmin(name: string | null = null): Admin {
  return { kind: "admin", name };
}

/** Says whether it was this responder. */
export function isPerson(actor: Actor | null, responder: string): boolean {
  return actor?.kind === "person" && actor.responder === responder;
}

/** Says whether a person is one of the policy's. */
export function isResponder({ responders }: Pick<Policy, "responders">, { responder }: Person): boolean {
  return responders.some(({ id }) => id === responder);
}

/** How an actor is named in texts. A signed grant says so too who gave it: a host shows the name, and decides nothing by it. */
export function actorNameOf(actor: Actor): string {
  switch (actor.kind) {
    case "person":
      return actor.responder;
    case "rule":
      return `rule:${actor.reason}`;
    case "desk":
      return "desk";
    case "shard":
      return actor.shard;
    case "host":
      return `host:${actor.hostId}`;
    case "admin":
      return actor.name === null ? "admin" : `admin (${actor.name})`;
    case "unknown":
      return "unknown";
  }
}

/** Says whether a rule did it, and this one. */
export function isRule(actor: Actor, reason: keyof Policy["rules"]): boolean {
  return actor.kind === "rule" && actor.reason === reason;
}
