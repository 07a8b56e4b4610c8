// The brake on a service, a host or the fleet. There is one for each scope at most; a person ends it, or the retirement of its host.
import type { Actor } from "../../words/actor.ts";
import { type Scope, subjectKeyOf } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

/** The sticky brake on a service, a host or the whole fleet: set by a person or a rule, lifted by a person only. */
export interface Freeze {
  readonly scope: Scope;
  readonly at: number;
  readonly by: Actor;
  readonly why: string;
}

export const freezeRecord: DeskRecord<Freeze, "freeze"> = {
  kind: "freeze",
  keyOf: ({ scope }) => subjectKeyOf(scope),
  whenOver: "forgotten",
  unreadable: {
    name: "freeze",
    severity: "critical",
    meaning: "the whole fleet is frozen in its place",
    holdsFleet: true,
  },
};
