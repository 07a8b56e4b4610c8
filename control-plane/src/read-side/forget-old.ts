// D1 keeps its history for 400 days: some of the oldest rows of one table at a time, by the order in which they came, so that nothing is
// searched for. What is open never leaves. What says how things are now (hosts that are watched, and services that are
// still there) is not history.
import { READ_SIDE_DAYS } from "@countersign/shared/values/limits";
import { refuseOtherLayout } from "./layout.ts";

/** Rows that are looked at, and leave at most, in one go. */
export const FORGET_ROWS_MAX = 500;
const MINUTE_MS = 60_000;

/** What may leave, by table: the order in which rows came, their instant, and which are over. */
const OLD: readonly (readonly [table: string, order: string, instant: string, isOver: string])[] = [
  ["audit", "sequence, hash", "at", "1"],
  [
    "incidents",
    "rowid",
    "coalesce(resolved_at, opened_at)",
    "(resolved_at IS NOT NULL OR state = 'unknown')",
  ],
  ["incident_hosts", "rowid", "began_at", "1"],
  ["pages", "rowid", "created_at", "state <> 'pending'"],
  ["hosts", "revision", "revision", "liveness = 'retired'"],
  // a revision is the instant of the last change
  ["services", "revision", "revision", "status IN ('gone', 'unknown')"],
];

/** After so many minutes each table has had its turn. */
export const FORGET_TURNS = OLD.length;

/** Forgets some rows of the table whose turn it is in this minute; throws when D1 did not answer. */
export async function forgetOld(database: D1Database, now: number): Promise<void> {
  const turn = OLD[Math.floor(now / MINUTE_MS) % OLD.length];
  if (turn === undefined) return;
  await refuseOtherLayout(database);
  const [table, order, instant, isOver] = turn;
  const oldest = `SELECT rowid FROM ${table} WHERE ${isOver} ORDER BY ${order} LIMIT ${FORGET_ROWS_MAX}`;
  await database
    .prepare(`DELETE FROM ${table} WHERE rowid IN (${oldest}) AND ${instant} < ?`)
    .bind(now - READ_SIDE_DAYS * 24 * 3_600_000)
    .run();
}
