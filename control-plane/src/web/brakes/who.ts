// Who did something, as people say it: by the name that the policy has for them, and a rule by what it found. Pure.
import type { Actor } from "../../core/words/actor.ts";
import type { Policy } from "../../policy/policy.ts";
import { reasonTitleOf } from "../../policy/reason-titles.ts";

/** Names of the policy's people; null: it could not be read, and ids must do. */
export type People = Pick<Policy, "responders"> | null;

/** `Alice`, `the desk itself (many hosts fell silent at once)`. */
export function whoOf(actor: Actor, people: People): string {
  switch (actor.kind) {
    case "person":
      return people?.responders.find(({ id }) => id === actor.responder)?.name ?? actor.responder;
    case "rule":
      return `the desk itself (${lowered(reasonTitleOf(actor.reason))})`;
    case "desk":
      return "the desk itself";
    case "shard":
      return "the desk itself (the part that watches its hosts)";
    case "host":
      return "the host itself";
    case "admin":
      return actor.name === null ? "whoever holds the admin token" : `${actor.name}, by the admin token`;
    case "unknown":
      return "somebody who did not say who they are";
  }
}

/** The same where a sentence begins; a person's name is left as it is. */
export function whoFirst(actor: Actor, people: People): string {
  const name = whoOf(actor, people);
  if (actor.kind === "person" || (actor.kind === "admin" && actor.name !== null)) return name;
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

/** Within a sentence. */
function lowered(sentence: string): string {
  return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
