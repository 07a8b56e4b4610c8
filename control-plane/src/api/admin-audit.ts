// The audit over the operator's API: its rows, whether its chain holds from where it begins, and the hashes that D1 holds of it. Whoever
// wants proof reads the rows and verifies them themselves, as `countersign audit verify` does.
import * as z from "zod";
import type { ChainedAuditEntry } from "../core/desk/audit/audit-chain.ts";
import { type AuditWalk, endWalk, WALK_START, walkOlder } from "../core/desk/audit/audit-walk.ts";
import { type Ctx, deskOf } from "../http/context.ts";
import { problem } from "../http/problem.ts";
import { readAuditCopies } from "../read-side/audit-copies.ts";

const ROWS_SHOWN = 100;
const ROWS_SHOWN_MAX = 500;

const Sequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const ListQuery = z.object({
  before: Sequence.nullable().default(null),
  limit: Sequence.max(ROWS_SHOWN_MAX).default(ROWS_SHOWN),
});
const CopiesQuery = z
  .object({ from: Sequence, through: Sequence })
  .refine(({ from, through }) => through - from < ROWS_SHOWN_MAX);

/** Newest first; `nextBefore` asks for the rows after these, null: there are none. */
export async function listAudit(c: Ctx): Promise<Response> {
  const query = ListQuery.safeParse(c.req.query());
  if (!query.success)
    return problem("body-malformed", {
      detail: `Give ?before= as an audit row's sequence number, and ?limit= as 1 to ${ROWS_SHOWN_MAX}.`,
    });
  const { before, limit } = query.data;
  const found = await deskOf(c.env).auditRows({ before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  return c.json({ rows, nextBefore: found.length > limit ? (rows.at(-1)?.sequence ?? null) : null });
}

/** Walks the whole chain from its newest row to where it begins; a cut that was made meanwhile is no break. */
export async function verifyAudit(c: Ctx): Promise<Response> {
  const first = await walkAll(c);
  const walk = first.brokenAt === null ? first : await walkAll(c);
  const { brokenAt, cut, newest, rowCount } = walk;
  if (brokenAt !== null) return c.json({ ok: false, brokenAt });
  return c.json({ ok: true, rowCount, brokenAt, cut, lastHash: newest?.hash ?? null });
}

/** The hashes that D1 holds of some rows; of an audit that was set back there may be two of one sequence. */
export async function listAuditCopies(c: Ctx): Promise<Response> {
  const query = CopiesQuery.safeParse(c.req.query());
  if (!query.success)
    return problem("body-malformed", {
      detail: `Give ?from= and ?through= as sequence numbers of at most ${ROWS_SHOWN_MAX} rows.`,
    });
  return c.json({ rows: await readAuditCopies(c.env.DB, query.data) });
}

async function walkAll(c: Ctx): Promise<AuditWalk> {
  const desk = deskOf(c.env);
  let walk = WALK_START;
  for (;;) {
    const before: number | null = walk.oldest?.sequence ?? null;
    const rows: readonly ChainedAuditEntry[] = await desk.auditRows({ before, limit: ROWS_SHOWN_MAX });
    walk = walkOlder(walk, rows);
    if (walk.brokenAt !== null || rows.length < ROWS_SHOWN_MAX) return endWalk(walk);
  }
}
