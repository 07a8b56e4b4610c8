// What D1 knows of its writers: how far it has come with each, and what to say of rows that their own actor knows no more, because it was
// set back in time. Such rows would stand as they are for ever, so they are marked as unknown.
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { DESK_WRITER, URGENCY } from "./rows.ts";
import { writers } from "./schema.ts";

/** What a revision is, in SQL: anything else (a text is more than any number) would stand for ever. */
export const IS_REVISION = `typeof(revision) = 'integer' AND revision BETWEEN 0 AND ${2 ** 52}`;

/** Revisions above one and up to another. */
export interface Beyond {
  readonly above: number;
  readonly through: number;
}

/** The highest revision that D1 took from an actor; 0: nothing yet. */
export async function readWriter(database: D1Database, actor: string): Promise<number> {
  const rows = await drizzle(database)
    .select({ revision: writers.revision })
    .from(writers)
    .where(and(eq(writers.actor, actor), sql.raw(IS_REVISION)));
  return rows[0]?.revision ?? 0;
}

/** Marks an actor's rows of these revisions; those that it still knows, it tells again. */
export async function markUnknown(database: D1Database, actor: string, beyond: Beyond): Promise<void> {
  const { above, through } = beyond;
  const statements = actor === DESK_WRITER ? OF_DESK : OF_SHARD;
  await database.batch(
    statements.map(([statement, isOfShard]) =>
      database.prepare(statement).bind(above, through, ...(isOfShard ? [actor] : [])),
    ),
  );
}

const BEYOND = "revision > ?1 AND revision <= ?2";

const OF_DESK: readonly (readonly [statement: string, isOfShard: boolean])[] = ["incidents", "pages"].map(
  (table) => [`UPDATE ${table} SET state = 'unknown' WHERE ${BEYOND}`, false] as const,
);

const OF_SHARD: typeof OF_DESK = [
  [
    `UPDATE hosts SET liveness = 'unknown', urgency = ${URGENCY.unknown} WHERE shard = ?3 AND ${BEYOND}`,
    true,
  ],
  [
    `UPDATE services SET status = 'unknown', look = 'no-data' WHERE host_id IN (SELECT host_id FROM hosts WHERE shard = ?3) AND ${BEYOND}`,
    true,
  ],
  // Where a slot held several looks, one row is left of it.
  [
    `UPDATE OR REPLACE service_changes SET look = 'no-data' WHERE host_id IN (SELECT host_id FROM hosts WHERE shard = ?3) AND ${BEYOND}`,
    true,
  ],
];
