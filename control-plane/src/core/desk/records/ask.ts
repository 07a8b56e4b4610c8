// What a person asked a host for, and what came of it. It is kept for an hour, so that asking has its bound and a view can say how it went; then
// the audit and the incident's timeline tell of it. It leaves the state by itself (core/desk/approvals/asks.ts).
import type { Person } from "../../words/actor.ts";
import type { AskRefusal } from "../../words/signal.ts";
import type { ServiceSubject } from "../../words/subject.ts";
import type { DeskRecord } from "./desk-record.ts";

/** What came of a question: an approval, the host's or its shard's no, or a proposal that the desk did not take. */
export type AskAnswer =
  | { readonly kind: "proposed"; readonly approvalId: string }
  | { readonly kind: "refused"; readonly refusal: AskRefusal }
  | { readonly kind: "dropped"; readonly why: "frozen" | "unreadable" | "incident-over" | "under-way" };

export interface Ask {
  readonly requestId: string;
  /** in whose timeline it stands */
  readonly incidentId: string;
  readonly subject: ServiceSubject;
  readonly action: string;
  readonly why: string;
  readonly by: Person;
  readonly askedAt: number;
  /** null: none came yet */
  readonly answer: AskAnswer | null;
}

export const askRecord: DeskRecord<Ask, "ask"> = {
  kind: "ask",
  keyOf: ({ requestId }) => requestId,
  whenOver: "forgotten",
  unreadable: {
    name: "question of a person to a host",
    severity: "warning",
    meaning: "what the host answers to it is an approval all the same",
  },
};
