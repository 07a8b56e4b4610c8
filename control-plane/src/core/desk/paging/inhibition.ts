// Which incidents page nobody because another one says it already: the services of a silent host, the hosts of a silent fleet, the
// brake that a rule pulled. They are opened, shown and followed all the same, and go on escalating when the other one is over. Pure.
// What a reader would get wrong: an incident is inhibited only by one that still fires and is not itself held. A host that fell
// silent before the fleet did is not part of it.
import { subjectKeyOf } from "../../words/subject.ts";
import type { Incident } from "../records/incident.ts";
import { downIncidentsOf, fleetSilencesIn, isHostDown } from "../state/desk-index.ts";
import type { DeskState } from "../state/desk-state.ts";

/** After the host is back, its services' reports need a moment: what is well again must not page first. */
export const INHIBITION_SETTLE_MS = 30_000;

/** Until when an incident pages nobody because of another one; Infinity while that one fires, 0: it is free. */
export function inhibitedUntilAt(state: DeskState, incident: Incident): number {
  if (isSaidByCause(state, incident)) return Infinity;
  return inhibitorsOf(state, incident).reduce((latest, { clearedAt }) => {
    const untilAt = clearedAt === null ? Infinity : clearedAt + INHIBITION_SETTLE_MS;
    return Math.max(latest, untilAt);
  }, 0);
}

/** The incidents that say it already, or did lately. */
export function inhibitorsOf(state: Pick<DeskState, "incidents">, incident: Incident): readonly Incident[] {
  const { happenedAt, subject } = incident;
  if (subject.kind === "service") return downIncidentsOf(state, subject.hostId);
  if (!isHostDown(incident)) return [];
  return fleetSilencesIn(state).filter((fleet) => happenedAt >= fleet.happenedAt);
}

/** A freeze that a rule set is told by that rule's own incident. */
function isSaidByCause(state: DeskState, { reason, subject }: Incident): boolean {
  if (reason !== "automation-frozen") return false;
  return state.freezes.get(subjectKeyOf(subject))?.by.kind === "rule";
}
