// Which finished records leave the desk's live state. Pure. They stay readable in the archive; here it matters only that a late word
// about them (an outcome, a receipt) has had its time, and that no page about them is still on its way.
import { dueBy } from "@countersign/shared/values/records-index";
import { approvalsOf, pagesOf } from "../../core/desk/state/desk-index.ts";
import type { Approval, DeskState, Incident } from "../../core/desk/state/desk-state.ts";
import { orphanedIn } from "../../core/desk/state/orphans.ts";

/** How long a resolved incident stays in the live state. */
export const RESOLVED_KEPT_MS = 60 * 60_000;

const finished = dueBy<Incident, null>(({ resolvedAt }) => resolvedAt);

/** The state without what is over; the same value when nothing is. */
export function dropFinished(state: DeskState, now: number): DeskState {
  const over = finished
    .dueAt(state.incidents, null, now - RESOLVED_KEPT_MS)
    .map(({ incidentId }) => incidentId);
  const dropped = [...over, ...orphanedIn(state)].filter((incidentId) => isSettled(state, incidentId));
  return dropped.reduce(dropIncident, state);
}

function dropIncident(state: DeskState, incidentId: string): DeskState {
  return {
    ...state,
    incidents: state.incidents.without(incidentId),
    approvals: approvalsOf(state, incidentId).reduce(
      (approvals, { approvalId }) => approvals.without(approvalId),
      state.approvals,
    ),
    pages: pagesOf(state, incidentId).reduce((pages, { key }) => pages.without(key), state.pages),
  };
}

function isSettled(state: DeskState, incidentId: string): boolean {
  return (
    !pagesOf(state, incidentId).some((page) => page.state === "pending") &&
    !approvalsOf(state, incidentId).some((approval) => !isFinal(approval))
  );
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
