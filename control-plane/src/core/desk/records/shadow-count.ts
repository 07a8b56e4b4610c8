// What a reason would have done in shadow. There is one for each reason at most, and it is never over.
import type { PageReason } from "../../words/signal.ts";
import type { DeskRecord } from "./desk-record.ts";

/** What a reason would have done in shadow, since the first time; never counted down. */
export interface ShadowCount {
  readonly reason: PageReason;
  readonly sinceAt: number;
  readonly wouldHavePaged: number;
  readonly wouldHaveActed: number;
  readonly falseAlarms: number;
}

export const shadowCountRecord: DeskRecord<ShadowCount, "shadow-count"> = {
  kind: "shadow-count",
  keyOf: ({ reason }) => reason,
  whenOver: "forgotten",
  unreadable: { name: "finding in shadow", severity: "warning", meaning: "it is not counted" },
};
