// One page that one channel took, where more may come of it: what its provider says became of it, and what its provider
// is still to be told. A channel that only takes pages has none (contact.ts says that it took one). What a reader would
// get wrong: an unconfirmed one stands for what a channel may have taken, so that it can be ended; nothing else counts it.
import type { ReceiptStage, Settling } from "../../../../policy/ways.ts";
import type { DeskRecord } from "../desk-record.ts";
import type { PageKind } from "./page.ts";

export interface Delivery {
  /** `PAGEKEY@CHANNEL` */
  readonly deliveryKey: string;
  readonly pageKey: string;
  /** the page's own: of a test, no incident has it */
  readonly incidentId: string;
  readonly responder: string;
  readonly channel: string;
  readonly kind: PageKind;
  /** the provider's own name for it; of an unconfirmed one, ours */
  readonly handle: string;
  /** it was sent, and nobody has said that it was taken. absent: it was */
  readonly isUnconfirmed?: true;
  /** when it was taken; of an unconfirmed one, sent */
  readonly acceptedAt: number;
  /** how far it got; `accepted`: nothing more is known */
  readonly stage: "accepted" | ReceiptStage;
  readonly stageAt: number;
  /** when its provider is asked next what became of it; null: never again */
  readonly askAt: number | null;
  /** questions so far */
  readonly asks: number;
  /** by when it must have arrived, or the next channel is tried; null: it has, or its provider says no such thing */
  readonly arrivesByAt: number | null;
  /** what its provider is told about it; null: nothing so far */
  readonly settle: Settling | null;
  /** when it is told that, or told again; null: it was, or there is nothing to tell */
  readonly settleAt: number | null;
  readonly settleAttempts: number;
  /**
   * of a test, whose provider brings by itself what becomes of it: it is kept until then. absent: no longer, or it is
   * no such test
   */
  readonly heardUntilAt?: number;
}

/** A message on a channel, by its provider's name for it. */
export interface Latest {
  readonly handle: string;
  /** nobody took it, it is not over, and no newer one stands in its place */
  readonly isOpen: boolean;
}

export const deliveryRecord: DeskRecord<Delivery, "delivery"> = {
  kind: "delivery",
  keyOf: ({ deliveryKey }) => deliveryKey,
  whenOver: {
    // Of a test and of a digest as well, which no incident keeps here until it is over: that somebody has it is no end.
    isSettled: ({ askAt, heardUntilAt, kind, settle, settleAt }) =>
      askAt === null &&
      settleAt === null &&
      heardUntilAt === undefined &&
      (settle === "resolved" || settle === "superseded" || (kind !== "ring" && kind !== "test")),
  },
  unreadable: {
    name: "receipt of a page",
    severity: "warning",
    meaning:
      "what its person does on that channel is not heard, and a phone that rings there goes on by itself",
  },
};
