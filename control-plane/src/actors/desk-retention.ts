// Which finished records leave the desk's live state. Pure. They stay readable in the archive; here it matters only that a late word
// about them (an outcome, a receipt) has had its time, and that no page about them is still on its way.
import { entriesOf, type Named, namedFrom, valuesOf } from "@countersign/shared/named";
import type { Approval, DeskState, Page } from "../core/desk-state.ts";

/** How long a resolved incident stays in the live state. */
export const RESOLVED_KEPT_MS = 60 * 60_000;

/** The state without what is over; the same value when nothing is. */
export function dropFinished(state: DeskState, now: number): DeskState {
  const dropped = new Set(
    valuesOf(state.incidents)
      .filter(({ resolvedAt }) => resolvedAt !== null && resolvedAt + RESOLVED_KEPT_MS <= now)
      .filter(({ incidentId }) => isSettled(state, incidentId))
      .map(({ incidentId }) => incidentId),
  );
  if (dropped.size === 0) return state;
  return {
    ...state,
    incidents: keep(state.incidents, dropped),
    approvals: keep(state.approvals, dropped),
    pages: keep(state.pages, dropped),
  };
}

function isSettled(state: DeskState, incidentId: string): boolean {
  const isPagePending = (page: Page) => page.incidentId === incidentId && page.state === "pending";
  const isApprovalOpen = (approval: Approval) => approval.incidentId === incidentId && !isFinal(approval);
  return !valuesOf(state.pages).some(isPagePending) && !valuesOf(state.approvals).some(isApprovalOpen);
}

function isFinal({ state }: Approval): boolean {
  switch (state) {
    case "requested":
    case "delivered":
    case "seen":
    case "approved":
    case "executing":
      return false;
    case "denied":
    case "expired":
    case "superseded":
    case "verified":
    case "failed":
      return true;
  }
}

function keep<T extends { readonly incidentId: string }>(
  records: Named<T>,
  dropped: ReadonlySet<string>,
): Named<T> {
  return namedFrom(entriesOf(records).filter(([, record]) => !dropped.has(record.incidentId)));
}
