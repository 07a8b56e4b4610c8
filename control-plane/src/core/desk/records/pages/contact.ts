// How one channel of one person did last: what was tried on it, whether that arrived, and whether the person looked at it.
// It survives the pages, which go with their incidents. Bounded: one for each channel of each responder
// (core/desk/outbox/contacts.ts), and each is replaced.
import type { ReceiptStage } from "../../../../policy/ways.ts";
import type { DeskRecord } from "../desk-record.ts";

/** A page as one channel carried it. */
export interface CarriedPage {
  /** the page's */
  readonly key: string;
  readonly title: string;
  readonly path: string;
  /** when the page was made, and when this channel was tried with it last */
  readonly createdAt: number;
  readonly triedAt: number;
  /** when the channel took it; null: it did not, or has not answered yet */
  readonly deliveredAt: number | null;
  /** when its own person opened what it leads to, or said that they got it; null: not yet */
  readonly seenAt: number | null;
  /** why the channel did not take it, or took it and did not bring it, as is known last; null: nothing went wrong */
  readonly error: string | null;
  /**
   * of the channel's settings when it was tried, SHA-256: what they were then is proven, and no other address. absent: not
   * known
   */
  readonly settings?: string;
  /** how far it got, as the channel's provider said. absent: nothing more is known than that it was taken */
  readonly stage?: ReceiptStage | "accepted";
}

export interface Contact {
  /** `RESPONDER/CHANNEL` */
  readonly contactKey: string;
  readonly responder: string;
  readonly channel: string;
  /**
   * when the desk heard last that anything came by it: it arrived, or was taken where no more is heard of it; null:
   * never
   */
  readonly deliveredAt: number | null;
  /** the last page that was tried on it, and the last test page; null: none ever was */
  readonly page: CarriedPage | null;
  readonly test: CarriedPage | null;
}

export const contactRecord: DeskRecord<Contact, "contact"> = {
  kind: "contact",
  keyOf: ({ contactKey }) => contactKey,
  whenOver: "forgotten",
  unreadable: {
    name: "last delivery by a channel",
    severity: "warning",
    meaning: "the channel counts as never tried until the next page",
  },
};
