// What gathers many, and how many belong to it. Pure.
import type { Incident, Place } from "../records/incident.ts";
import type { IncidentSum } from "../state/incident-sums.ts";

/** Says whether it gathers what is alike, or comes together: its members are counted, and told by their number. */
export function gathersMany({ kind }: Place): boolean {
  switch (kind) {
    case "wide":
    case "host":
    case "many":
    case "fleet":
      return true;
    case "alone":
    case "trouble":
    case "notice":
    case "down":
      return false;
  }
}

/** How many belong to it: services of a host, else hosts. */
export function membersOf({ place }: Pick<Incident, "place">, sum: IncidentSum): number {
  return place.kind === "host" ? sum.subjectCount : sum.hostCount;
}

/** Of so few hosts that are left of many each may be asked about: the others have been well for as long as an end takes. */
const LAST_FEW_MAX = 2;

/** One cause on many hosts: no restart of each is the answer to it. */
export function isAskedOfNone({ place }: Pick<Incident, "place">, { hostCount }: IncidentSum): boolean {
  return (place.kind === "wide" || place.kind === "many") && hostCount > LAST_FEW_MAX;
}
