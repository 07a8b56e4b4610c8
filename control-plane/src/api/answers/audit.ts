// The audit over the operator's API: its rows, whether its chain holds from where it begins, and the hashes that D1 holds of it. Whoever
// wants proof reads the rows and verifies them themselves, as `countersign audit verify` does.
import type { ChainedAuditEntry } from "../../core/desk/audit/audit-chain.ts";
import { type AuditWalk, endWalk, WALK_START, walkOlder } from "../../core/desk/audit/audit-walk.ts";
import { type Ctx, deskOf } from "../../http/context.ts";
import { readAuditCopies } from "../../read-side/queries/audit-rows.ts";
import { AUDIT_ROWS_SHOWN_MAX } from "../table/record-routes.ts";
import type { RouteOf } from "../table/routes.ts";
import { type Answer, reply } from "./answer.ts";
import { askPart } from "./part.ts";

export const listAudit: Answer<RouteOf<"GET /v1/admin/audit">> = async ({ query }, c) => {
  const { before, limit } = query;
  const found = await deskOf(c.env).auditRows({ before, limit: limit + 1 });
  const rows = found.slice(0, limit);
  return reply(200, { rows, nextBefore: found.length > limit ? (rows.at(-1)?.sequence ?? null) : null });
};

/** A cut that was made meanwhile is no break. */
export const verifyAudit: Answer<RouteOf<"GET /v1/admin/audit/verify">> = async (_asked, c) => {
  const first = await walkAll(c);
  const walk = first.brokenAt === null ? first : await walkAll(c);
  const { brokenAt, cut, newest, rowCount } = walk;
  if (brokenAt !== null) return reply(200, { ok: false, brokenAt });
  return reply(200, { ok: true, rowCount, brokenAt, cut, lastHash: newest?.hash ?? null });
};

/** Of an audit that was set back there may be two hashes of one sequence. */
export const listAuditCopies: Answer<RouteOf<"GET /v1/admin/audit/copies">> = async ({ query }, c) => {
  const rows = await askPart("Ask D1 for hashes of the audit", () => readAuditCopies(c.env.DB, query));
  return rows.ok ? reply(200, { rows: rows.value }) : rows;
};

async function walkAll(c: Ctx): Promise<AuditWalk> {
  const desk = deskOf(c.env);
  let walk = WALK_START;
  for (;;) {
    const before: number | null = walk.oldest?.sequence ?? null;
    const rows: readonly ChainedAuditEntry[] = await desk.auditRows({ before, limit: AUDIT_ROWS_SHOWN_MAX });
    walk = walkOlder(walk, rows);
    if (walk.brokenAt !== null || rows.length < AUDIT_ROWS_SHOWN_MAX) return endWalk(walk);
  }
}
