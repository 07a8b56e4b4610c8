// What an incident is called, from the finding that is the gravest of it, or the news: a whole sentence, which says
// of many how many of how many. Pure.
import { nameOf, placeNameOf, serviceOf } from "../../words/subject.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import type { DeskState } from "../state/desk-state.ts";
import { fleetSizeOf } from "../state/fleet-size.ts";
import { sumOf } from "../state/incident-sums.ts";
import { membersOf } from "./gathering.ts";
import { hostCountText, wideTitleOf } from "./wide-titles.ts";

/** What an incident is called while this finding is the gravest of it, or the news. */
export function titleOf(
  state: Pick<DeskState, "findings" | "censuses">,
  { incidentId, place }: Pick<Incident, "incidentId" | "place">,
  finding: Finding,
): string {
  const members = membersOf({ place }, sumOf(state, incidentId));
  const { reason, subject, title } = finding;
  if (members < 2) return title;
  const hosts = hostCountText(members, fleetSizeOf(state));
  switch (place.kind) {
    case "wide":
      return wideTitleOf(reason, { name: serviceOf(subject) ?? "the system", hosts });
    case "host":
      return `${members} services fail on ${placeNameOf(subject)}, ${serviceOf(subject) ?? "it"} among them`;
    case "many":
      return `Different services fail on ${hosts}, ${nameOf(subject)} among them`;
    case "fleet":
    case "alone":
    case "trouble":
    case "notice":
    case "down":
      return title;
  }
}
