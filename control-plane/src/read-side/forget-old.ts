// D1 keeps its history for 400 days, and what lines of 24 hours are made of for 26 hours: some of the oldest rows of a table
// at a time, by the order in which they came, so that nothing is searched for. What is open never leaves. What says how
// things are now (hosts that are watched, and services that are still there) is not history.
import { READ_SIDE_DAYS } from "@countersign/shared/values/limits";
import { refuseOtherLayout } from "./layout.ts";

/** Rows that are looked at, and leave at most, in one go. */
export const FORGET_ROWS_MAX = 500;
const MINUTE_MS = 60_000;
/** A line goes back 24 hours; a batch of its rows may come late. */
export const CHANGES_KEPT_MS = 26 * 3_600_000;

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

/** Turns come faster than any history, and each minute has some: what flaps on many hosts stays bounded. */
const CHANGES = ["service_changes", "rowid", "at", "1"] as const;

/** Forgets some rows of the table whose turn it is in this minute, and some turns; throws when D1 did not answer. */
export async function forgetOld(database: D1Database, now: number): Promise<void> {
  await refuseOtherLayout(database);
  const turn = OLD[Math.floor(now / MINUTE_MS) % OLD.length];
  const cuts = [cut(database, CHANGES, now - CHANGES_KEPT_MS)];
  if (turn !== undefined) cuts.push(cut(database, turn, now - READ_SIDE_DAYS * 24 * 3_600_000));
  await database.batch(cuts);
}

function cut(
  database: D1Database,
  [table, order, instant, isOver]: (typeof OLD)[number],
  beforeAt: number,
): D1PreparedStatement {
  const oldest = `SELECT rowid FROM ${table} WHERE ${isOver} ORDER BY ${order} LIMIT ${FORGET_ROWS_MAX}`;
  return database
    .prepare(`DELETE FROM ${table} WHERE rowid IN (${oldest}) AND ${instant} < ?`)
    .bind(beforeAt);
}
