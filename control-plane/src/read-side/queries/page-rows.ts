// Reads the pages that the desk sent, or tried to, as D1 keeps them: the newest first, of one incident, to one person, or all.
import { and, desc, eq, gte, sql } from "drizzle-orm";
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

/** Rings that `readRings` looks at. */
export const RINGS_MAX = 1_000;

/** When people were rung since an instant, the newest first. */
export async function readRings(database: D1Database, fromAt: number): Promise<readonly number[]> {
  const found = await drizzle(database)
    .select({ createdAt: pages.createdAt })
    .from(pages)
    .where(and(gte(pages.createdAt, fromAt), eq(pages.kind, "ring")))
    .orderBy(desc(pages.createdAt), desc(pages.key))
    .limit(RINGS_MAX);
  return found.flatMap(({ createdAt }) => (Number.isSafeInteger(createdAt) ? [createdAt] : []));
}
