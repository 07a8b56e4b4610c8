// What a page's receipt means beyond the page itself: how its channel did, the approval counts as delivered, and a "down"
// that arrived after the end is followed by its "recovered". Pure.
import { BY_DESK } from "../words/actor.ts";
import { markApprovalDelivered } from "./approvals/approvals.ts";
import type { DeskEvent } from "./desk-event.ts";
import { noteAnswered } from "./paging/contacts.ts";
import { tellEndTo } from "./paging/ends.ts";
import { markPageDelivered, markPageFailed } from "./paging/page-outbox.ts";
import { noteTestDelivered, noteTestFailed } from "./paging/test-pages.ts";
import type { Page } from "./records/page.ts";
import { refsOfPage } from "./state/audit-refs.ts";
import { addAudit, type DeskChange, putIncident } from "./state/desk-change.ts";
import type { DeskContext } from "./state/desk-events.ts";
import { heldIn } from "./state/held-in.ts";

type Receipt = Extract<DeskEvent, { kind: "page-attempted" }>;

/** Takes what a channel said about one attempt. A page that was delivered stays delivered. */
export function takeReceipt(before: DeskChange, context: DeskContext, receipt: Receipt): DeskChange {
  const { channel, detail, result } = receipt;
  const answered = noteAnswered(before, context, receipt);
  const change = result === "delivered" ? noteTestDelivered(answered, context, receipt) : answered;
  const page = change.state.pages.get(receipt.key);
  // Withdrawn meanwhile, or a second receipt: kept for the record, decides nothing.
  if (page === undefined || page.state === "delivered")
    return addAudit(change, context, {
      actor: BY_DESK,
      act: `page-${result}`,
      refs: page === undefined ? [{ kind: "page", key: receipt.key }] : refsOfPage(page),
      why: `${channel}, late: ${detail}`,
    });
  switch (result) {
    case "delivered":
      return spreadDelivery(markPageDelivered(change, context, { page, channel, detail }), context, page);
    case "failed":
      return page.state === "undeliverable"
        ? change
        : markPageFailed(noteTestFailed(change, page, receipt), context, { page, channel, detail });
  }
}

function spreadDelivery(change: DeskChange, context: DeskContext, page: Page): DeskChange {
  if (page.kind === "recovered" || page.kind === "test") return change;
  const marked = page.approvalId === null ? change : markApprovalDelivered(change, context, page.approvalId);
  if (page.kind === "update") return marked;
  const incident = heldIn(marked.state, page.incidentId);
  if (incident === undefined) return marked;
  const { responder } = page;
  const known = incident.reached.includes(responder)
    ? marked
    : putIncident(marked, { ...incident, reached: [...incident.reached, responder] });
  if (incident.state !== "resolved") return known;
  return tellEndTo(known, context, { incident, responder, why: "It was over before this page reached you." });
}
