// Finds rows of the audit in D1: by who did it, which act, words and time. What a reader would get wrong: nothing but the
// sequence is indexed, so a part looks through so many rows at most and then says where to go on; an empty part is not the
// end. A clock that jumped moves no row out of reach, for nothing is skipped by its instant.
import { and, desc, gte, lt, lte, max, min, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import type { Actor } from "../../core/words/actor.ts";
import { audit } from "../schema.ts";
import { foldedText, searchWordsOf } from "../search-words.ts";
import { AUDIT_COLUMNS, AUDIT_ROWS_MAX, entryOf } from "./audit-rows.ts";

/** Rows that one part looks through at most. */
export const AUDIT_SCANNED_MAX = 20_000;

/** Who did it: one person, or all of a kind. */
export type Doers =
  | { readonly kind: "person"; readonly responder: string }
  | { readonly kind: Exclude<Actor["kind"], "person"> };

/** What is looked for; null and the empty text: anything. */
export interface AuditFilter {
  readonly by: Doers | null;
  readonly act: string | null;
  readonly words: string;
  /** at or after this instant */
  readonly fromAt: number | null;
  /** before this instant */
  readonly untilAt: number | null;
}

/** What was found; `next`: the sequence before which to go on looking, null: that was all. */
export interface AuditFound {
  readonly rows: readonly ChainedAuditEntry[];
  readonly next: number | null;
}

/** Says whether anything is looked for. */
export function isFiltered({ act, by, fromAt, untilAt, words }: AuditFilter): boolean {
  return (
    by !== null || act !== null || fromAt !== null || untilAt !== null || searchWordsOf(words).length > 0
  );
}

/** The rows that match, newest first; of a desk that was set back also those of the other history. */
export async function searchAudit(
  database: D1Database,
  asked: { readonly filter: AuditFilter; readonly before: number | null; readonly limit: number },
): Promise<AuditFound> {
  const db = drizzle(database);
  const [ends] = await db
    .select({
      oldest: sql<number | null>`(${db.select({ at: min(audit.sequence) }).from(audit)})`,
      newest: sql<number | null>`(${db.select({ at: max(audit.sequence) }).from(audit)})`,
    })
    .from(sql`(SELECT 1)`);
  const end = Math.min(asked.before ?? Number.MAX_SAFE_INTEGER, (ends?.newest ?? 0) + 1);
  const begin = Math.max(0, end - AUDIT_SCANNED_MAX);
  const limit = Math.min(AUDIT_ROWS_MAX, Math.max(1, asked.limit));
  const found = await db
    .select(AUDIT_COLUMNS)
    .from(audit)
    .where(and(lt(audit.sequence, end), gte(audit.sequence, begin), ...conditionsOf(asked.filter)))
    .orderBy(desc(audit.sequence), desc(audit.hash))
    .limit(limit + 1);
  const rows = found.slice(0, limit).map(entryOf);
  if (found.length > limit) return { rows, next: rows.at(-1)?.sequence ?? null };
  return { rows, next: begin > (ends?.oldest ?? 0) ? begin : null };
}

/** Says whether a row is one that is looked for: what D1 does, for the desk's own rows. */
export function isFound(
  { act, actor, at, refs, subject, why }: ChainedAuditEntry,
  { act: wantedAct, by, fromAt, untilAt, words }: AuditFilter,
): boolean {
  if (wantedAct !== null && act !== wantedAct) return false;
  if ((fromAt !== null && at < fromAt) || (untilAt !== null && at >= untilAt)) return false;
  if (by !== null && !isBy(actor, by)) return false;
  const said = foldedText(`${act} ${subject} ${why} ${JSON.stringify(refs)}`);
  return searchWordsOf(words).every((word) => said.includes(word));
}

function isBy(actor: Actor, by: Doers): boolean {
  if (by.kind !== "person") return actor.kind === by.kind;
  return actor.kind === "person" && actor.responder === by.responder;
}

function conditionsOf({ act, by, fromAt, untilAt, words }: AuditFilter): readonly SQL[] {
  const { act: acts, at, refs, subject, why } = audit;
  return [
    ...(act === null ? [] : [sql`${acts} = ${act}`]),
    ...(fromAt === null ? [] : [gte(at, fromAt)]),
    ...(untilAt === null ? [] : [lte(at, untilAt - 1)]),
    ...(by === null ? [] : [doneBy(by)]),
    ...searchWordsOf(words).map(
      (word) =>
        sql`instr(lower(${acts} || ' ' || ${subject} || ' ' || ${why} || ' ' || ${refs}), ${word}) > 0`,
    ),
  ];
}

// What somebody changed by hand may be no JSON: that costs its row, not the list.
function doneBy(by: Doers): SQL {
  const member = (name: string) =>
    sql`CASE WHEN json_valid(${audit.actor}) THEN json_extract(${audit.actor}, ${`$.${name}`}) END`;
  const isKind = sql`${member("kind")} = ${by.kind}`;
  return by.kind === "person" ? sql`(${isKind} AND ${member("responder")} = ${by.responder})` : isKind;
}
