// Who did something with an incident, as a person reads it: "you", people by the names that the policy gives them, rules and
// parts of ours in plain words. Pure.
import { type Actor, actorNameOf } from "../../core/words/actor.ts";

/** Who reads, and what people are called. */
export interface People {
  readonly reader: string;
  /** names of the policy's people by their ids */
  readonly names: ReadonlyMap<string, string>;
}

/** The name of a responder; never `you`: it stands in lists of names. */
export function nameOfResponder(responder: string, { names }: People): string {
  return names.get(responder) ?? responder;
}

/** `you`, `Omar`, `the desk`. */
export function whoOf(actor: Actor, people: People): string {
  switch (actor.kind) {
    case "person":
      return actor.responder === people.reader ? "you" : nameOfResponder(actor.responder, people);
    case "rule":
    case "desk":
    case "shard":
      return "the desk";
    case "admin":
      return actor.name ?? "whoever holds the admin token";
    case "host":
      return "the host";
    case "unknown":
      return actorNameOf(actor);
  }
}
