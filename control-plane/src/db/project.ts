// Writes projected rows to D1. Every write is an upsert by primary key, so a batch whose answer was lost may be sent again.
// One D1 batch is one transaction: a failure leaves nothing half written.
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import type { ProjectionRow } from "./rows.ts";
import { actions, approvals, audit, hosts, incidents, pages, services } from "./schema.ts";

/** Rows of one batch: one statement each, far below D1's limit of 100 bound parameters a statement. */
export const PROJECTION_BATCH_MAX = 50;

/** Upserts rows, at most `PROJECTION_BATCH_MAX`; throws when D1 did not take them. */
export async function projectRows(database: D1Database, rows: readonly ProjectionRow[]): Promise<void> {
  const db = drizzle(database);
  const [first, ...rest] = rows.map((row) => upsertOf(db, row));
  if (first === undefined) return;
  try {
    await db.batch([first, ...rest]);
  } catch (error) {
    throw new Error(`Project ${rows.length} rows to D1`, { cause: error });
  }
}

function upsertOf(db: DrizzleD1Database, { table, row }: ProjectionRow): BatchItem<"sqlite"> {
  switch (table) {
    case "hosts":
      return db.insert(hosts).values(row).onConflictDoUpdate({ target: hosts.hostId, set: row });
    case "services":
      return db
        .insert(services)
        .values(row)
        .onConflictDoUpdate({ target: [services.hostId, services.service], set: row });
    case "incidents":
      return db.insert(incidents).values(row).onConflictDoUpdate({ target: incidents.incidentId, set: row });
    case "actions":
      return db.insert(actions).values(row).onConflictDoUpdate({ target: actions.grantId, set: row });
    case "approvals":
      return db.insert(approvals).values(row).onConflictDoUpdate({ target: approvals.approvalId, set: row });
    case "pages":
      return db.insert(pages).values(row).onConflictDoUpdate({ target: pages.key, set: row });
    case "audit":
      return db.insert(audit).values(row).onConflictDoNothing();
  }
}
