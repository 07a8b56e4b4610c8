// Which finished records leave the desk's live state. Pure. They stay readable in the archive; here it matters only that a late word
// about them (an outcome, a receipt) has had its time, and that no page about them is still on its way.
import { entriesOf, hasNamed, type Named, namedFrom, valuesOf } from "@countersign/shared/values/named";
import type { Approval, DeskState, Page } from "../../core/desk/state/desk-state.ts";

/** How long a resolved incident stays in the live state. */
export const RESOLVED_KEPT_MS = 60 * 60_000;

/** The state without what is over; the same value when nothing is. */
export function dropFinished(state: DeskState, now: number): DeskState {
  const over = valuesOf(state.incidents)
    .filter(({ resolvedAt }) => resolvedAt !== null && resolvedAt + RESOLVED_KEPT_MS <= now)
    .map(({ incidentId }) => incidentId);
  const dropped = new Set([...over, ...orphanedIn(state)].filter((id) => isSettled(state, id)));
  if (dropped.size === 0) return state;
  return {
    ...state,
    incidents: keep(state.incidents, dropped),
    approvals: keep(state.approvals, dropped),
    pages: keep(state.pages, dropped),
  };
}

// What is left of an incident that could not be read, and was put aside.
function orphanedIn({ approvals, incidents, pages }: DeskState): readonly string[] {
  return [...valuesOf(approvals), ...valuesOf(pages)]
    .map(({ incidentId }) => incidentId)
    .filter((incidentId) => !hasNamed(incidents, incidentId));
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
