// Where what an incident held lies now. Pure.
import type { Incident } from "../records/incident.ts";
import type { DeskState } from "./desk-state.ts";

/** Incidents that merged into each other one after the other: more are not followed. */
const MERGES_MAX = 8;

/** An incident, or what took it in: what was merged is followed. */
export function heldIn(
  { incidents }: Pick<DeskState, "incidents">,
  incidentId: string,
): Incident | undefined {
  let incident = incidents.get(incidentId);
  for (
    let steps = 0;
    incident !== undefined && incident.mergedInto !== null && steps < MERGES_MAX;
    steps += 1
  )
    incident = incidents.get(incident.mergedInto);
  return incident;
}
