// Finds deliveries by what they belong to, and stores one. Pure.
import { groupedBy } from "@countersign/shared/values/records-index";
import type { Incident } from "../records/incident.ts";
import type { Delivery, Latest } from "../records/pages/delivery.ts";
import type { Page } from "../records/pages/page.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskState } from "../state/desk-state.ts";

const byIncident = groupedBy<Delivery>(({ incidentId }) => incidentId);
const DIGEST = "digest";
const digestsOf = groupedBy<Page>(({ covers }) => (covers === undefined ? null : DIGEST));
const takenByPage = groupedBy<Delivery>(({ isUnconfirmed, pageKey }) =>
  isUnconfirmed === true ? null : pageKey,
);

/** All of an incident, or of a test page, the first taken first; unconfirmed ones as well. */
export function deliveriesOf(
  { deliveries }: Pick<DeskState, "deliveries">,
  incidentId: string,
): readonly Delivery[] {
  return byIncident(deliveries, incidentId);
}

/** All of one page that are known to have been taken. */
export function deliveriesOfPage(
  { deliveries }: Pick<DeskState, "deliveries">,
  pageKey: string,
): readonly Delivery[] {
  return takenByPage(deliveries, pageKey);
}

/** The handle of the incident's first page to somebody on a channel; null: there is none. */
export function earlierHandleOf(
  state: Pick<DeskState, "deliveries">,
  to: { readonly incidentId: string; readonly responder: string; readonly channel: string },
): string | null {
  const first = deliveriesOf(state, to.incidentId).find(
    ({ channel, isUnconfirmed, responder }) =>
      channel === to.channel && responder === to.responder && isUnconfirmed !== true,
  );
  return first?.handle ?? null;
}

/**
 * What was sent last to somebody about an incident on a channel, and whether it still waits for somebody; null: nothing
 * that can be named. A ring may add to what nobody confirmed; what is quiet must not bring that about, nor an update
 * open anew what is over.
 */
export function latestOf(
  state: Pick<DeskState, "deliveries" | "incidents">,
  to: Pick<Page, "incidentId" | "kind" | "responder"> & { readonly channel: string },
): Latest | null {
  if (to.kind === "update" && isOver(state.incidents.get(to.incidentId))) return null;
  const last = deliveriesOf(state, to.incidentId).findLast(
    ({ channel, isUnconfirmed, responder }) =>
      channel === to.channel && responder === to.responder && (isUnconfirmed !== true || wantsSomebody(to)),
  );
  return last === undefined ? null : { handle: last.handle, isOpen: last.settle === null };
}

function isOver(incident: Incident | undefined): boolean {
  return incident?.state === "resolved" || incident?.state === "merged";
}

/** The incidents that a page told somebody of: a digest's are those of what it brought. */
export function incidentsOf(
  { pages }: Pick<DeskState, "pages">,
  { incidentId, pageKey }: Pick<Delivery, "incidentId" | "pageKey">,
): readonly string[] {
  const covers = pages.get(pageKey)?.covers;
  if (covers === undefined) return [incidentId];
  return [...new Set(covers.flatMap((key) => pages.get(key)?.incidentId ?? []))];
}

/** The ids of digests that wait for somebody, or for what comes of them. */
export function digestIdsIn({
  deliveries,
  pages,
}: Pick<DeskState, "deliveries" | "pages">): readonly string[] {
  return digestsOf(pages, DIGEST)
    .map(({ incidentId }) => incidentId)
    .filter((id) => deliveriesOf({ deliveries }, id).length > 0);
}

/** Stores one. */
export function putDelivery(change: DeskChange, delivery: Delivery): DeskChange {
  const deliveries = change.state.deliveries.with(delivery.deliveryKey, delivery);
  return { ...change, state: { ...change.state, deliveries } };
}

/** Forgets one. */
export function withoutDelivery(change: DeskChange, deliveryKey: string): DeskChange {
  const deliveries = change.state.deliveries.without(deliveryKey);
  return { ...change, state: { ...change.state, deliveries } };
}

/** It wants somebody: only of what does, more is asked and told than that it was taken. */
export function wantsSomebody({ kind }: Pick<Delivery, "kind">): boolean {
  return kind === "ring" || kind === "test";
}
