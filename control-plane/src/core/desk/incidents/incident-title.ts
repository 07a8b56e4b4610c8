// What an incident is called, from the finding that is the gravest of it, or the news. Pure.
import { serviceOf } from "../../words/subject.ts";
import type { Finding } from "../records/finding.ts";
import type { Incident } from "../records/incident.ts";
import type { IncidentSum } from "../state/incident-sums.ts";
import { membersOf } from "./gathering.ts";

/** What an incident is called while this finding is the gravest of it, or the news. */
export function titleOf({ place }: Pick<Incident, "place">, sum: IncidentSum, finding: Finding): string {
  const members = membersOf({ place }, sum);
  if (members < 2) return finding.title;
  switch (place.kind) {
    case "wide":
      return `${members} hosts, ${sharedBy(finding)}: ${finding.title}`;
    case "host":
      return `${members} services of one host: ${finding.title}`;
    case "many":
      return `Many services on ${members} hosts: ${finding.title}`;
    case "fleet":
    case "alone":
    case "trouble":
    case "notice":
    case "down":
      return finding.title;
  }
}

/** What the findings of a wide incident share. */
function sharedBy({ reason, subject }: Finding): string {
  const service = serviceOf(subject);
  return service === null ? reason : `${reason} of ${service}`;
}
