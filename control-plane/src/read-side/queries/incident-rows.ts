// Reads incidents as D1 keeps them: those that are over by when they ended, or all by when they were opened, with what is
// asked of them; the newest first. How an open one stands is the desk's to say: whoever lists them lays its word over the
// rows (http/incidents-of-desk.ts).
import { and, desc, eq, gte, inArray, isNotNull, isNull, lte, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import type { AskedStanding, IncidentFilter, ListedIncident } from "../listed-incident.ts";
import { incidents } from "../schema.ts";
import { searchWordsOf } from "../search-words.ts";
import { type Part, partOf, placeIn } from "./cursor.ts";

/** An incident that is over. */
export type IncidentRow = Omit<ListedIncident, "state"> & { readonly resolvedAt: number };

/** What is asked of the history; `hostId` null: of all, `after` null: the first part. */
export interface IncidentsAsked {
  readonly hostId: string | null;
  readonly after: string | null;
  readonly limit: number;
}

/** Part of the history; an `after` that is no cursor reads as the first part. */
export async function readResolved(database: D1Database, asked: IncidentsAsked): Promise<Part<IncidentRow>> {
  const limit = limitOf(asked);
  const place = asked.after === null ? null : placeIn(asked.after);
  const { happenedAt, hostId, incidentId, openedAt, reason, resolvedAt, service, severity, title } =
    incidents;
  const found = await drizzle(database)
    .select({ happenedAt, hostId, incidentId, openedAt, reason, resolvedAt, service, severity, title })
    .from(incidents)
    .where(
      and(
        isNotNull(resolvedAt),
        asked.hostId === null ? undefined : eq(hostId, asked.hostId),
        place === null ? undefined : sql`(${resolvedAt}, ${incidentId}) < (${place.number}, ${place.key})`,
      ),
    )
    .orderBy(desc(resolvedAt), desc(incidentId))
    .limit(limit + 1);
  const rows = found as readonly IncidentRow[];
  return partOf(rows, limit, (row) => ({ number: row.resolvedAt, key: row.incidentId }));
}

/** Part of all incidents that fit, the newest first; an `after` that is no cursor reads as the first part. */
export async function readIncidents(
  database: D1Database,
  asked: { readonly filter: IncidentFilter; readonly after: string | null; readonly limit: number },
): Promise<Part<ListedIncident>> {
  const limit = limitOf(asked);
  const place = asked.after === null ? null : placeIn(asked.after);
  const { happenedAt, hostId, incidentId, openedAt, reason, resolvedAt, service, severity, state, title } =
    incidents;
  const found = await drizzle(database)
    .select({ happenedAt, hostId, incidentId, openedAt, reason, resolvedAt, service, severity, state, title })
    .from(incidents)
    .where(
      and(
        ...wantedBy(asked.filter),
        place === null ? undefined : sql`(${openedAt}, ${incidentId}) < (${place.number}, ${place.key})`,
      ),
    )
    .orderBy(desc(openedAt), desc(incidentId))
    .limit(limit + 1);
  const rows = found.map((row) => ({ ...row, state: stateIn(row.state) }) as ListedIncident);
  return partOf(rows, limit, (row) => ({ number: row.openedAt, key: row.incidentId }));
}

function stateIn(text: unknown): ListedIncident["state"] {
  return STATES.find((state) => state === text) ?? "unknown";
}

const STATES = ["open", "acknowledged", "merged", "resolved"] as const;

function wantedBy(filter: IncidentFilter): readonly (SQL | undefined)[] {
  const { fromAt, host, reason, service, severity, standing, toAt } = filter;
  return [
    ...(standing === null ? [] : standsAs(standing)),
    severity === null ? undefined : eq(incidents.severity, severity),
    reason === null ? undefined : eq(incidents.reason, reason),
    service === null ? undefined : eq(incidents.service, service),
    host === null ? undefined : isOn(host),
    fromAt === null ? undefined : gte(incidents.openedAt, fromAt),
    toAt === null ? undefined : lte(incidents.openedAt, toAt),
    ...searchWordsOf(filter.search).map(hasWord),
  ];
}

function standsAs(standing: AskedStanding): readonly SQL[] {
  const { resolvedAt, state } = incidents;
  switch (standing) {
    case "going":
      return [isNull(resolvedAt), inArray(state, ["open", "acknowledged"])];
    case "open":
      return [isNull(resolvedAt), eq(state, "open")];
    case "taken":
      return [isNull(resolvedAt), eq(state, "acknowledged")];
    case "over":
      return [isNotNull(resolvedAt)];
    case "merged":
      return [isNull(resolvedAt), eq(state, "merged")];
  }
}

function isOn(host: string): SQL {
  return sql`${incidents.incidentId} IN (SELECT incident_id FROM incident_hosts WHERE host_id = ${host}
    UNION SELECT incident_id FROM incident_hosts WHERE host_name = ${host})`;
}

function hasWord(word: string): SQL {
  return sql`(instr(lower(${incidents.title} || ' ' || coalesce(${incidents.service}, '') || ' ' || ${incidents.reason}), ${word}) > 0
    OR EXISTS (SELECT 1 FROM incident_hosts AS on_host WHERE on_host.incident_id = ${incidents.incidentId}
      AND instr(lower(on_host.host_name), ${word}) > 0))`;
}

function limitOf({ limit }: { readonly limit: number }): number {
  return Math.min(LIST_ROWS_MAX, Math.max(1, limit));
}
