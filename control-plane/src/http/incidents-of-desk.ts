// The desk's own word about incidents: laid over the rows of D1, which may be behind; and in their place where D1 does not answer. Pure.
import type { Incident } from "../core/desk/records/incident.ts";
import { hostIdIn, placeNameOf, serviceOf } from "../core/words/subject.ts";
import type { IncidentFilter, ListedIncident } from "../read-side/listed-incident.ts";
import { foldedText, searchWordsOf } from "../read-side/search-words.ts";

/** A row as the desk knows it now; as it is where the desk holds it no more. */
export function laidOver(row: ListedIncident, incidents: readonly Incident[]): ListedIncident {
  const known = incidents.find(({ incidentId }) => incidentId === row.incidentId);
  return known === undefined ? row : rowOf(known);
}

/** What the desk holds itself of what is asked for, the newest first, at most as many as are asked for. */
export function deskIncidents(
  incidents: readonly Incident[],
  { filter, limit }: { readonly filter: IncidentFilter; readonly limit: number },
): readonly ListedIncident[] {
  return incidents
    .filter((incident) => fits(incident, filter))
    .toSorted((left, right) => right.openedAt - left.openedAt)
    .slice(0, limit)
    .map(rowOf);
}

function rowOf(incident: Incident): ListedIncident {
  const { happenedAt, incidentId, openedAt, reason, resolvedAt, severity, state, subject, title } = incident;
  const about = { hostId: hostIdIn(subject), service: serviceOf(subject) };
  return { incidentId, reason, severity, state, title, openedAt, happenedAt, resolvedAt, ...about };
}

function fits(
  { openedAt, reason, severity, state, subject, title }: Incident,
  filter: IncidentFilter,
): boolean {
  const { fromAt, host, search, service, standing, toAt } = filter;
  const said = foldedText(`${title} ${serviceOf(subject) ?? ""} ${reason} ${placeNameOf(subject)}`);
  return (
    (standing === null || standsAs(standing, state)) &&
    (filter.severity === null || filter.severity === severity) &&
    (filter.reason === null || filter.reason === reason) &&
    (service === null || service === serviceOf(subject)) &&
    (host === null || host === hostIdIn(subject) || host === placeNameOf(subject)) &&
    (fromAt === null || openedAt >= fromAt) &&
    (toAt === null || openedAt <= toAt) &&
    searchWordsOf(search).every((word) => said.includes(word))
  );
}

function standsAs(standing: NonNullable<IncidentFilter["standing"]>, state: Incident["state"]): boolean {
  switch (standing) {
    case "going":
      return state === "open" || state === "acknowledged";
    case "open":
      return state === "open";
    case "taken":
      return state === "acknowledged";
    case "over":
      return state === "resolved";
    case "merged":
      return state === "merged";
  }
}
