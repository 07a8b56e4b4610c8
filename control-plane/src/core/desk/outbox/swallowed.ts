// A channel took a page, and its provider does not say in time that it arrived, or says that it reached nobody: the
// page goes on to its person's next channel at once, with the same key. Pure. What a reader would get wrong: one that
// took the page and can say no more counts as having brought it; only when all that took it swallowed it is it tried
// elsewhere, and never again where it was swallowed. Where all of them did, it is undeliverable (page-undelivered.ts).
import { dueBy } from "@countersign/shared/values/records-index";
import { BY_DESK } from "../../words/actor.ts";
import { deliveriesOfPage, putDelivery, wantsSomebody } from "../deliveries/delivery-index.ts";
import type { Delivery } from "../records/pages/delivery.ts";
import type { Page } from "../records/pages/page.ts";
import { refsOfPage } from "../state/audit-refs.ts";
import { addAudit, type DeskChange, putPage } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { noteSwallowed } from "./contacts.ts";
import { isMoot, passPageOn } from "./page-outbox.ts";
import { putTestPage } from "./test-pages.ts";

const arriving = dueBy<Delivery, null>(({ arrivesByAt }) => arrivesByAt);

/** When the next page counts as swallowed; null: none is waited for. */
export function swallowDueAt({ deliveries }: Pick<DeskState, "deliveries">): number | null {
  return arriving.earliestAt(deliveries, null);
}

/** Passes on every page that should have arrived by now. */
export function passOnSwallowed(change: DeskChange, context: DeskContext): DeskChange {
  return arriving
    .dueAt(change.state.deliveries, null, context.now)
    .reduce(
      (before, delivery) =>
        passOn(before, context, { delivery, detail: "its provider does not say that it arrived" }),
      change,
    );
}

/**
 * Passes one on, unless somebody has it in hand, has seen it, or another channel brought it. Once: it is waited for no
 * longer.
 */
export function passOn(
  change: DeskChange,
  context: DeskContext,
  swallowed: { readonly delivery: Delivery; readonly detail: string },
): DeskChange {
  const { delivery, detail } = swallowed;
  const put = putDelivery(change, { ...delivery, arrivesByAt: null });
  const page = put.state.pages.get(delivery.pageKey);
  if (page === undefined || page.seenAt !== undefined || !wantsSomebody(delivery)) return put;
  if (isAnswered(put.state, page)) return put;
  const { channel } = delivery;
  const marked = { ...page, swallowedBy: [...new Set([...(page.swallowedBy ?? []), channel])] };
  const noted = noteSwallowed(putPage(put, marked), delivery, detail);
  const audited = addAudit(noted, context, {
    actor: BY_DESK,
    act: "page-swallowed",
    refs: refsOfPage(page),
    why: `${channel} took "${page.title}", and ${detail}`,
  });
  if (page.state !== "delivered" || isBroughtElsewhere(audited.state, marked)) return audited;
  const lastError = `${channel}: ${detail}`;
  const open = withoutTestDelivery(holdCovered(audited, marked), marked, lastError);
  return passPageOn(open, context, { page: marked, lastError });
}

/** What a digest brings did not come with it either. */
function holdCovered(change: DeskChange, { covers = [] }: Page): DeskChange {
  return covers.reduce((before, key) => {
    const page = before.state.pages.get(key);
    if (page?.state !== "delivered") return before;
    return putPage(before, { ...page, state: "held", deliveredAt: null, deliveredBy: null });
  }, change);
}

/** Its incident is over or in hand, or its person said that the test came. */
function isAnswered(state: DeskState, page: Page): boolean {
  if (page.kind === "test") return state.testPages.get(page.incidentId)?.receipt !== null;
  if (page.covers !== undefined)
    return page.covers.every((key) => {
      const covered = state.pages.get(key);
      return covered === undefined || isAnswered(state, { ...covered, attempts: page.attempts });
    });
  const incident = state.incidents.get(page.incidentId);
  if (incident === undefined || incident.state === "resolved" || incident.state === "merged") return true;
  return isMoot(incident, page);
}

function isBroughtElsewhere(state: DeskState, page: Page): boolean {
  const deliveries = deliveriesOfPage(state, page.key);
  if (deliveries.some((delivery) => !isSwallowed(delivery, page))) return true;
  const carriers = new Set(deliveries.map(({ channel }) => channel));
  const place = page.kind === "test" ? "test" : "page";
  return page.channels.some((channel) => {
    const carried = state.contacts.get(`${page.responder}/${channel}`)?.[place] ?? null;
    return !carriers.has(channel) && carried?.key === page.key && carried.deliveredAt !== null;
  });
}

/** It has not arrived, and is waited for no longer. One that was never waited for has brought it. */
function isSwallowed(
  { arrivesByAt, channel, stage }: Delivery,
  { swallowedBy = [] }: Pick<Page, "swallowedBy">,
): boolean {
  if (stage === "lost") return true;
  return stage === "accepted" && arrivesByAt === null && swallowedBy.includes(channel);
}

function withoutTestDelivery(change: DeskChange, page: Page, error: string): DeskChange {
  const test = page.kind === "test" ? change.state.testPages.get(page.incidentId) : undefined;
  return test === undefined
    ? change
    : putTestPage(change, { ...test, deliveredAt: null, deliveredBy: null, error });
}
