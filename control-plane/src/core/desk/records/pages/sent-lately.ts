// When the last messages to one person went out: pages leave the state with their incidents, and how much a person got
// lately must not. Bounded: one for each responder of the policy, with so many instants as the numbers of
// core/desk/outbox/storm.ts ask for; forgotten when all are old.
import type { DeskRecord } from "../desk-record.ts";

export interface SentLately {
  readonly responder: string;
  /** by the desk's clock, oldest first; a page counts once, when it is tried for the first time */
  readonly sentAt: readonly number[];
  /** when something that had been held was let go last; null: not lately */
  readonly releasedAt: number | null;
}

export const sentLatelyRecord: DeskRecord<SentLately, "sent-lately"> = {
  kind: "sent-lately",
  keyOf: ({ responder }) => responder,
  whenOver: "forgotten",
  unreadable: {
    name: "count of what somebody got lately",
    severity: "warning",
    meaning: "their pages are counted from now on: they may get more at once than is meant",
  },
};
