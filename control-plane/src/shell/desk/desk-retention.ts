// Which finished records leave the desk's live state. Pure. They stay readable in the archive; here it matters only that a late word
// about them (an outcome, a receipt) has had its time, and that no page about them is still on its way.
import { dueBy } from "@countersign/shared/values/records-index";
import type { Incident } from "../../core/desk/records/incident.ts";
import { BELONGINGS } from "../../core/desk/state/belongings.ts";
import type { DeskState } from "../../core/desk/state/desk-state.ts";
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
  const without = BELONGINGS.reduce((before, { without }) => without(before, incidentId), state);
  return { ...without, incidents: without.incidents.without(incidentId) };
}

function isSettled(state: DeskState, incidentId: string): boolean {
  return BELONGINGS.every(({ areSettled }) => areSettled(state, incidentId));
}
