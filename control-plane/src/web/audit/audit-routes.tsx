// The audit: who did what, and why. It checks the hash chain of the rows it shows. A room of its own, above none and beneath none: its rows are
// about every other subject alike, and nobody acts here.
import { type ChainedAuditEntry, type ChainEnd, findChainBreak } from "../../core/desk/audit/audit-chain.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendView } from "../frame/respond.tsx";
import { AuditView } from "./audit-view.tsx";

const AUDIT_ROWS_PER_VIEW = 50;

export const auditRoutes: readonly PeopleRoute[] = [
  view("/audit", async (c) => {
    const before = sequenceOf(c.req.query("before"));
    const found = await c.var.reads.desk.auditRows({ before, limit: AUDIT_ROWS_PER_VIEW + 1 });
    const rows = found.slice(0, AUDIT_ROWS_PER_VIEW);
    const oldest = rows.at(-1);
    const olderBefore = found.length > rows.length ? (oldest?.sequence ?? null) : null;
    const brokenAt = oldest === undefined ? null : findChainBreak(rows.toReversed(), endBefore(oldest));
    return sendView(c, <AuditView frame={c.var.frame} {...{ rows, olderBefore, brokenAt }} />);
  }),
];

/** The chain's end that a row says it continues. */
function endBefore(row: ChainedAuditEntry): ChainEnd {
  return { sequence: row.sequence - 1, hash: row.previousHash };
}

/** Where the rows that are shown begin; anything else reads as the newest. */
function sequenceOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
