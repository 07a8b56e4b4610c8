// What a page's receipt means beyond the page itself: how its channel did, the approval counts as delivered, and a "down"
// that arrived after the end is followed by its "recovered". Pure.
import { BY_DESK } from "../words/actor.ts";
import { markApprovalDelivered } from "./approvals/approvals.ts";
import { noteChannel } from "./deliveries/channel-states.ts";
import { takeAnswer } from "./deliveries/deliveries.ts";
import { deliveriesOfPage } from "./deliveries/delivery-index.ts";
import type { DeskEvent } from "./desk-event.ts";
import { noteAnswered } from "./outbox/contacts.ts";
import { withCovered } from "./outbox/covered.ts";
import { noteReached } from "./outbox/ends.ts";
import { markPageDelivered, markPageFailed, noteConfirmed } from "./outbox/page-outbox.ts";
import { noteTestDelivered, noteTestFailed } from "./outbox/test-pages.ts";
import type { Page } from "./records/pages/page.ts";
import { refsOfPage } from "./state/audit-refs.ts";
import { addAudit, type DeskChange } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";

type Receipt = Extract<DeskEvent, { kind: "page-attempted" }>;

/** Takes what a channel said about one attempt. A page that was delivered stays delivered. */
export function takeReceipt(before: DeskChange, context: DeskContext, receipt: Receipt): DeskChange {
  const { channel, detail, result } = receipt;
  const noted = noteChannel(noteAnswered(before, context, receipt), context, receipt);
  const answered = takeAnswer(noteConfirmed(noted, receipt), context, receipt);
  const change = result === "delivered" ? noteTestDelivered(answered, context, receipt) : answered;
  const page = change.state.pages.get(receipt.key);
  // Withdrawn meanwhile, or a second receipt, perhaps of what was swallowed: kept for the record, decides nothing.
  if (page === undefined || page.state === "delivered" || isKnown(before, receipt))
    return addAudit(change, context, {
      actor: BY_DESK,
      act: `page-${result}`,
      refs: page === undefined ? [{ kind: "page", key: receipt.key }] : refsOfPage(page),
      why: `${channel}, late: ${detail}`,
    });
  switch (result) {
    case "delivered":
      return withCovered(change.state, page).reduce(
        (before, one) =>
          spreadDelivery(markPageDelivered(before, context, { page: one, channel, detail }), context, one),
        change,
      );
    case "failed":
      return page.state === "undeliverable"
        ? change
        : markPageFailed(noteTestFailed(change, page, receipt), context, { page, channel, detail });
  }
}

function isKnown({ state }: DeskChange, { channel, handle, key }: Receipt): boolean {
  return deliveriesOfPage(state, key).some((one) => one.channel === channel && one.handle === handle);
}

function spreadDelivery(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  if (page.kind === "recovered" || page.kind === "test") return change;
  const marked = page.approvalId === null ? change : markApprovalDelivered(change, context, page.approvalId);
  return noteReached(marked, context, page);
}
