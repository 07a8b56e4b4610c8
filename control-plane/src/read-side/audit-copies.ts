// Reads what D1 holds of the audit: the witness of a desk whose own rows were changed, or that was set back in time.
import { and, asc, gte, lte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { audit } from "./schema.ts";

const COPIES_MAX = 2_000;

/** One row that D1 took. */
export interface AuditCopy {
  readonly sequence: number;
  readonly hash: string;
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
