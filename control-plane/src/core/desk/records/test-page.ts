// A page that somebody asked for to see whether it arrives, and what became of it. The page itself goes through the outbox
// as all do; this is what its view and whoever waits for it read. Kept for an hour (core/desk/paging/test-pages.ts); what it
// proved stays with the contact.
import type { Admin, Person } from "../../words/actor.ts";
import type { DeskRecord } from "./desk-record.ts";

/** How its person said that it came. A channel's own reply will be one more way. */
export interface TestReceipt {
  readonly at: number;
  readonly way: "tap";
}

export interface TestPage {
  readonly testId: string;
  /** whom it is to reach */
  readonly responder: string;
  /** the one channel by which it goes; null: the person's own, in their order */
  readonly channel: string | null;
  readonly by: Person | Admin;
  readonly askedAt: number;
  /** when a channel took it, and which; null: none has yet */
  readonly deliveredAt: number | null;
  readonly deliveredBy: string | null;
  /** what the last channel that did not take it said; null: none refused it */
  readonly error: string | null;
  /** every channel was tried twice, and it is tried no more */
  readonly isGivenUp: boolean;
  /** null: its person has not said so yet */
  readonly receipt: TestReceipt | null;
}

export const testPageRecord: DeskRecord<TestPage, "test-page"> = {
  kind: "test-page",
  keyOf: ({ testId }) => testId,
  whenOver: "forgotten",
  unreadable: { name: "test page", severity: "warning", meaning: "send another one" },
};
