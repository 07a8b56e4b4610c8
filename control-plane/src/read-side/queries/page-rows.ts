// Reads the pages that the desk sent, or tried to, as D1 keeps them: the newest first, of one incident, to one person, or all.
import { and, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { LIST_ROWS_MAX } from "@countersign/shared/values/limits";
import { pages } from "../schema.ts";
import { type Part, partOf, placeIn } from "./cursor.ts";

/** A page; instants are epoch milliseconds. */
export type PageRow = Omit<typeof pages.$inferSelect, "revision">;

/** What is asked of the list; null: any incident, anybody, the first part. */
export interface PagesAsked {
  readonly incidentId: string | null;
  readonly responder: string | null;
  readonly after: string | null;
  readonly limit: number;
}

/** Part of the list; an `after` that is no cursor reads as the first part. */
export async function readPages(database: D1Database, asked: PagesAsked): Promise<Part<PageRow>> {
  const limit = Math.min(LIST_ROWS_MAX, Math.max(1, asked.limit));
  const place = asked.after === null ? null : placeIn(asked.after);
  const found = await drizzle(database)
    .select()
    .from(pages)
    .where(
      and(
        asked.incidentId === null ? undefined : eq(pages.incidentId, asked.incidentId),
        asked.responder === null ? undefined : eq(pages.responder, asked.responder),
        place === null
          ? undefined
          : sql`(${pages.createdAt}, ${pages.key}) < (${place.number}, ${place.key})`,
      ),
    )
    .orderBy(desc(pages.createdAt), desc(pages.key))
    .limit(limit + 1);
  const rows = found.map(({ revision: _revision, ...page }) => page);
  return partOf(rows, limit, ({ createdAt, key }) => ({ number: createdAt, key }));
}

/**
 * How many people were rung in a quarter of an hour: no clock of the world is off by less, so that days of any place are
 * made of these.
 */
export interface RingCount {
  /** when the quarter began */
  readonly at: number;
  readonly count: number;
}

const QUARTER_MS = 15 * 60_000;
const QUARTERS_MAX = 1_000;

/** How often people were rung since an instant, by quarters of an hour: a storm hides no day before it. */
export async function readRings(database: D1Database, fromAt: number): Promise<readonly RingCount[]> {
  const { results } = await database
    .prepare(
      `SELECT CAST(created_at / ${QUARTER_MS} AS INTEGER) AS quarter, count(*) AS count FROM pages
       WHERE created_at >= ?1 AND kind = 'ring' GROUP BY 1 LIMIT ${QUARTERS_MAX}`,
    )
    .bind(fromAt)
    .all();
  return results.flatMap(({ count, quarter }) => {
    const at = Number(quarter) * QUARTER_MS;
    return Number.isSafeInteger(at) ? [{ at, count: Number(count) }] : [];
  });
}
