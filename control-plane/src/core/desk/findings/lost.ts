// What is left where an incident or its findings could not be read. Pure. A finding whose incident is gone would be told by nobody: what fires is
// placed anew, as if it began now. An incident of which every finding is gone would never end: it does, without a word that it is well.
import type { Finding } from "../records/finding.ts";
import type { DeskChange } from "../state/desk-change.ts";
import type { DeskContext } from "../state/desk-events.ts";
import type { DeskState } from "../state/desk-state.ts";
import { sumOf } from "../state/incident-sums.ts";
import { endUntold } from "./closing.ts";
import { placeAnew } from "./move.ts";

/** Places anew what lost its incident, and ends the incidents that lost all that they held. */
export function gatherLost(change: DeskChange, context: DeskContext): DeskChange {
  const lost = change.state.findings
    .values()
    .filter(({ incidentId }) => !change.state.incidents.has(incidentId));
  // None of them may be joined by another while they are placed.
  const taken: DeskChange = { ...change, state: withoutFindings(change.state, lost) };
  const placed = lost
    .filter(({ clearedAt, endedAt }) => clearedAt === null && endedAt === null)
    .reduce((before, finding) => placeAnew(before, context, asIfNew(finding)), taken);
  return endEmpty(placed, context);
}

/** Its question went with its incident. */
function asIfNew(finding: Finding): Finding {
  return { ...finding, askedAt: null, approvalId: null, releasesAt: null };
}

function endEmpty(change: DeskChange, context: DeskContext): DeskChange {
  const why = "What it held could not be read: nobody knows whether it goes on.";
  return change.state.incidents
    .values()
    .filter(({ incidentId, state }) => isOpen(state) && sumOf(change.state, incidentId).openCount === 0)
    .reduce((before, incident) => endUntold(before, context, { incident, why }), change);
}

function isOpen(state: string): boolean {
  return state === "open" || state === "acknowledged";
}

function withoutFindings(state: DeskState, lost: readonly Finding[]): DeskState {
  const findings = lost.reduce((kept, { findingId }) => kept.without(findingId), state.findings);
  return { ...state, findings };
}
