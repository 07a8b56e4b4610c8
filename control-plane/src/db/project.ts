// Writes projected rows to D1. Every write is an upsert by primary key, so a batch whose answer was lost may be sent again.
// One D1 batch is one transaction: a failure leaves nothing half written. An older revision never replaces a newer one: a batch whose
// caller gave up, or died, can land late.
import { sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { drizzle, type DrizzleD1Database } from "drizzle-orm/d1";
import type { QueuedProjection } from "./rows.ts";
import { actions, approvals, audit, hosts, incidents, pages, services, writers } from "./schema.ts";
import { IS_REVISION } from "./writers.ts";

/** In an upsert an unqualified column is the row that is there already. */
const IS_NEWER = sql.raw(`excluded.revision > revision OR NOT (${IS_REVISION})`);

/** Upserts an actor's rows, at most `PROJECTION_BATCH_MAX`; throws when D1 did not take them. */
export async function projectRows(
  database: D1Database,
  actor: string,
  rows: readonly QueuedProjection[],
): Promise<void> {
  if (rows.length === 0) return;
  const db = drizzle(database);
  const revision = Math.max(...rows.map((row) => row.revision));
  const isAbove = db
    .insert(writers)
    .values({ actor, revision })
    .onConflictDoUpdate({ target: writers.actor, set: { revision }, setWhere: IS_NEWER });
  try {
    await db.batch([isAbove, ...rows.map((row) => upsertOf(db, row))]);
  } catch (error) {
    throw new Error(`Project ${rows.length} rows to D1`, { cause: error });
  }
}

function upsertOf(db: DrizzleD1Database, { projection, revision }: QueuedProjection): BatchItem<"sqlite"> {
  const setOf = <Row extends object>(row: Row) => ({ set: { ...row, revision }, setWhere: IS_NEWER });
  const { table, row } = projection;
  switch (table) {
    case "hosts":
      return db
        .insert(hosts)
        .values({ ...row, revision })
        .onConflictDoUpdate({ target: hosts.hostId, ...setOf(row) });
    case "services":
      return db
        .insert(services)
        .values({ ...row, revision })
        .onConflictDoUpdate({ target: [services.hostId, services.service], ...setOf(row) });
    case "incidents":
      return db
        .insert(incidents)
        .values({ ...row, revision })
        .onConflictDoUpdate({ target: incidents.incidentId, ...setOf(row) });
    case "actions":
      return db
        .insert(actions)
        .values({ ...row, revision })
        .onConflictDoUpdate({ target: actions.grantId, ...setOf(row) });
    case "approvals":
      return db
        .insert(approvals)
        .values({ ...row, revision })
        .onConflictDoUpdate({ target: approvals.approvalId, ...setOf(row) });
    case "pages":
      return db
        .insert(pages)
        .values({ ...row, revision })
        .onConflictDoUpdate({ target: pages.key, ...setOf(row) });
    case "audit":
      return db.insert(audit).values(row).onConflictDoNothing();
  }
}
