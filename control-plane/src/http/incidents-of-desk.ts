// The desk's own word about incidents: laid over the rows of D1, which may be behind; and in their place where D1 does not
// answer. Pure.
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import type { Incident } from "../core/desk/records/incident.ts";
import { hostIdIn, placeNameOf, serviceOf } from "../core/words/subject.ts";
import type { IncidentFilter, ListedIncident } from "../read-side/listed-incident.ts";
import { type Part, partOf, type Place, placeIn } from "../read-side/queries/cursor.ts";
import { foldedText, searchWordsOf } from "../read-side/search-words.ts";

/** What is asked of all incidents, part by part. */
interface Asked {
  readonly filter: IncidentFilter;
  readonly after: string | null;
  readonly limit: number;
}

/**
 * A part of D1's as the desk knows it now: what no longer fits is left out, and what the desk holds and D1 does not say
 * stands where it belongs, at most as many as are asked for. Weakness: by a host that shares one the desk does not find a
 * wide incident that D1 lacks.
 */
export function withDesk(
  part: Part<ListedIncident>,
  incidents: readonly Incident[],
  { after, filter, limit }: Asked,
): Part<ListedIncident> {
  const known = new Map(incidents.map((incident) => [incident.incidentId, incident]));
  const said = part.rows.flatMap((row) => {
    const incident = known.get(row.incidentId);
    if (incident === undefined) return [row];
    return standsSo(incident, filter) ? [rowOf(incident)] : [];
  });
  // A part is a stretch of the list: whatever the desk holds of another stretch stands in another part.
  const [from, until] = [after, part.next].map((cursor) => (cursor === null ? null : placeIn(cursor)));
  const shown = new Set(said.map(({ incidentId }) => incidentId));
  const own = incidents.filter(
    (incident) =>
      !shown.has(incident.incidentId) &&
      (!from || byPlace(placeOf(incident), from) > 0) &&
      (!until || byPlace(placeOf(incident), until) <= 0) &&
      fits(incident, filter),
  );
  const all = [...said, ...own.map(rowOf)].toSorted((left, right) => byPlace(placeOf(left), placeOf(right)));
  const { next, rows } = partOf(all, Math.min(LIST_ROWS_MAX, Math.max(1, limit)), placeOf);
  return { rows, next: next ?? part.next };
}

/** The newest first, as D1 lists them. */
function byPlace(left: Place, right: Place): number {
  if (left.number !== right.number) return right.number - left.number;
  return left.key === right.key ? 0 : left.key < right.key ? 1 : -1;
}

function placeOf({ incidentId, openedAt }: Pick<Incident, "incidentId" | "openedAt">): Place {
  return { number: openedAt, key: incidentId };
}

function rowOf(incident: Incident): ListedIncident {
  const { happenedAt, incidentId, openedAt, reason, resolvedAt, severity, state, subject, title } = incident;
  const about = { hostId: hostIdIn(subject), service: serviceOf(subject) };
  return { incidentId, reason, severity, state, title, openedAt, happenedAt, resolvedAt, ...about };
}

/** Of what changes while it is open. */
function standsSo({ reason, severity, state }: Incident, filter: IncidentFilter): boolean {
  return (
    (filter.reason === null || filter.reason === reason) &&
    (filter.standing === null || standsAs(filter.standing, state)) &&
    (filter.severity === null || filter.severity === severity)
  );
}

function fits(incident: Incident, filter: IncidentFilter): boolean {
  const { openedAt, reason, subject, title } = incident;
  const { fromAt, host, search, service, toAt } = filter;
  const said = foldedText(`${title} ${serviceOf(subject) ?? ""} ${reason} ${placeNameOf(subject)}`);
  return (
    standsSo(incident, filter) &&
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
