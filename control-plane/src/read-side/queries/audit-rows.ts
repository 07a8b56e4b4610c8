// Reads what D1 holds of the audit: its rows, the newest first; and their hashes, the witness of a desk whose own rows were changed, or that was
// set back in time. Of such a desk D1 holds two rows of one sequence: whoever shows rows takes those that the desk's chain leads to.
import { and, asc, desc, getTableColumns, gte, lt, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import { type Actor, BY_UNKNOWN } from "../../core/words/actor.ts";
import { audit } from "../schema.ts";

/** Rows of one part at most. */
export const AUDIT_ROWS_MAX = 500;
const COPIES_MAX = 2_000;

/** One row that D1 took. */
export interface AuditCopy {
  readonly sequence: number;
  readonly hash: string;
}

/** The rows before a sequence, newest first; `before` null: the newest. */
export async function readAudit(
  database: D1Database,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<readonly ChainedAuditEntry[]> {
  const found = await drizzle(database)
    .select(AUDIT_COLUMNS)
    .from(audit)
    .where(before === null ? undefined : lt(audit.sequence, before))
    .orderBy(desc(audit.sequence), desc(audit.hash))
    .limit(Math.min(AUDIT_ROWS_MAX, Math.max(1, limit)));
  return found.map(entryOf);
}

/** The copies of some rows, in order. */
export async function readAuditCopies(
  database: D1Database,
  { from, through }: { readonly from: number; readonly through: number },
): Promise<readonly AuditCopy[]> {
  return drizzle(database)
    .select({ sequence: audit.sequence, hash: audit.hash })
    .from(audit)
    .where(and(gte(audit.sequence, from), lte(audit.sequence, through)))
    .orderBy(asc(audit.sequence))
    .limit(COPIES_MAX);
}

/** A row as it is asked for: what is JSON in it as the text that stands there. */
export const AUDIT_COLUMNS = { ...getTableColumns(audit), actor: sql<string>`${audit.actor}` };

/** A row that somebody changed by hand is shown without what cannot be read; its hash then says so. */
export function entryOf({
  actor,
  refs,
  ...row
}: Omit<ChainedAuditEntry, "actor" | "refs"> & {
  readonly actor: string;
  readonly refs: string;
}): ChainedAuditEntry {
  const named = jsonIn(refs);
  return {
    ...row,
    actor: isTagged(jsonIn(actor)) ? (JSON.parse(actor) as Actor) : BY_UNKNOWN,
    refs: Array.isArray(named) ? (named.filter(isTagged) as unknown as ChainedAuditEntry["refs"]) : [],
  };
}

function isTagged(value: unknown): value is { readonly kind: string } {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
