// A page that somebody asked for to see whether it arrives, and what became of it. The page itself goes through the outbox
// as all do; this is what its view and whoever waits for it read. Kept for an hour, a drill for a day
// (core/desk/outbox/test-pages.ts); what it proved stays with the contact.
import type { Admin, ByDesk, Person } from "../../../words/actor.ts";
import type { DeskRecord } from "../desk-record.ts";

/** How long what became of one can be looked up. */
export const TEST_PAGE_KEPT_MS = 3_600_000;
/** … of a drill, for which nobody waits: its person may be in a meeting. */
export const DRILL_PAGE_KEPT_MS = 24 * 3_600_000;

/** How its person said that it came: on a signed-in device, or where it arrived. */
export interface TestReceipt {
  readonly at: number;
  readonly way: "tap" | "reply";
}

export interface TestPage {
  readonly testId: string;
  /** whom it is to reach */
  readonly responder: string;
  /** the one channel by which it goes; null: the person's own, in their order */
  readonly channel: string | null;
  /** the desk: it is a drill */
  readonly by: Person | Admin | ByDesk;
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
  /** nobody asked for it: the policy declares that the way is drilled. absent: somebody did */
  readonly isDrill?: true;
}

export const testPageRecord: DeskRecord<TestPage, "test-page"> = {
  kind: "test-page",
  keyOf: ({ testId }) => testId,
  whenOver: "forgotten",
  unreadable: { name: "test page", severity: "warning", meaning: "send another one" },
};
