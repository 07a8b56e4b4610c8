// Reads the incidents that are over, as D1 keeps them: the newest end first, of one host or of all. What is open is the desk's to say.
import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import type { Incident } from "../../core/desk/records/incident.ts";
import { incidents } from "../schema.ts";
import { type Part, partOf, placeIn } from "./cursor.ts";

/** An incident that is over. */
export type IncidentRow = Pick<
  Incident,
  "incidentId" | "reason" | "severity" | "title" | "openedAt" | "happenedAt"
> & {
  readonly hostId: string | null;
  readonly service: string | null;
  readonly resolvedAt: number;
};

/** What is asked of the history; `hostId` null: of all, `after` null: the first part. */
export interface IncidentsAsked {
  readonly hostId: string | null;
  readonly after: string | null;
  readonly limit: number;
}

/** Part of the history; an `after` that is no cursor reads as the first part. */
export async function readResolved(database: D1Database, asked: IncidentsAsked): Promise<Part<IncidentRow>> {
  const limit = Math.min(LIST_ROWS_MAX, Math.max(1, asked.limit));
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
