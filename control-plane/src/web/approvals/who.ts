// Who did something, as a person reads it: "you", a person by the name that the policy gives them, a rule, the desk. Pure.
// What a reader would get wrong: a name is for people; who may do what is asked of the actor's kind.
import { listText } from "@countersign/shared/values/list-text";
import type { Approval } from "../../core/desk/records/approval.ts";
import { type Actor, actorNameOf } from "../../core/words/actor.ts";
import { upperFirst } from "../look/upper-first.ts";

/** Who reads, and what people are called. */
export interface Readers {
  /** the responder who reads */
  readonly reader: string;
  /** names of the policy's people by their ids */
  readonly names: ReadonlyMap<string, string>;
}

/** `you`, `Omar`, `the rule check-failing`; null: nobody is known. */
export function whoOf(actor: Actor | null, { names, reader }: Readers): string {
  if (actor === null) return "somebody";
  switch (actor.kind) {
    case "person":
      return actor.responder === reader ? "you" : (names.get(actor.responder) ?? actor.responder);
    case "rule":
      return `the rule ${actor.reason}`;
    case "desk":
      return "the desk";
    case "admin":
      return actor.name === null ? "whoever holds the admin token" : `the admin (${actor.name})`;
    case "shard":
    case "host":
    case "unknown":
      return actorNameOf(actor);
  }
}

/** The same at the beginning of a sentence; a name stays as it is. */
export function whoFirst(actor: Actor | null, readers: Readers): string {
  const who = whoOf(actor, readers);
  const isNamed = actor !== null && (actor.kind !== "person" || actor.responder !== readers.reader);
  return isNamed && NAMED.has(actor.kind) ? who : upperFirst(who);
}

/** Whom a name stands for. */
const NAMED: ReadonlySet<Actor["kind"]> = new Set(["person", "shard", "host", "unknown"]);

/** `approved by you`, or what let it run without anybody's asking. */
export function approvedWords(
  { decidedBy, signatures = [], standingId }: Pick<Approval, "decidedBy" | "signatures" | "standingId">,
  readers: Readers,
): string {
  if (signatures.length > 1) return `approved by ${listText(signatures.map(({ by }) => whoOf(by, readers)))}`;
  if (standingId !== undefined) return `approved in advance by ${whoOf(decidedBy, readers)}`;
  return decidedBy?.kind === "rule"
    ? "runs by itself, as the rules allow"
    : `approved by ${whoOf(decidedBy, readers)}`;
}

/** What people of these ids are called. */
export function nameFor(readers: Readers): (responder: string) => string {
  return (responder) => whoOf({ kind: "person", responder }, readers);
}
