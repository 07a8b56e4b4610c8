// How the way to one responder is drilled: when it was, and when it was proven last. One for each declared path and
// each person whom it is about, while the policy declares it (core/desk/drills). Bounded by the policy.
import type { DeskRecord } from "../desk-record.ts";

/** `to-repeat`: nobody answered the first within its time, and the one repeat is due. */
export const DRILL_STAGES = ["waits", "sent", "to-repeat", "repeated"] as const;

export interface Drill {
  /** `PATH/RESPONDER` */
  readonly drillKey: string;
  readonly path: "paging";
  readonly responder: string;
  /** when the desk first saw that the policy declares it */
  readonly sinceAt: number;
  readonly stage: (typeof DRILL_STAGES)[number];
  /** it is not looked at before: it was night there, or something rang them; null: nothing held it back */
  readonly heldUntilAt: number | null;
  /** the last drill, and its test page; null: none went out yet */
  readonly sentAt: number | null;
  readonly testId: string | null;
  /** which channel took the last one that was not answered, and what the last that did not take it said; null: none */
  readonly deliveredBy: string | null;
  readonly error: string | null;
  /** when a drill and its repeat first stayed unanswered after the last proof; null: none did */
  readonly failedAt: number | null;
  /** when its person last showed that pages reach them, and by which channel it came; null: never */
  readonly provenAt: number | null;
  readonly provenBy: string | null;
}

export const drillRecord: DeskRecord<Drill, "drill"> = {
  kind: "drill",
  keyOf: ({ drillKey }) => drillKey,
  whenOver: "forgotten",
  unreadable: {
    name: "drill of the way to a person",
    severity: "warning",
    meaning: "the way counts as never exercised, and is drilled anew",
  },
};
