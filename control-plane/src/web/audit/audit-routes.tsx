// The audit: who did what, and why. It checks the hash chain of the rows it shows. A room of its own, above none and beneath none: its rows are
// about every other subject alike, and nobody acts here.
import { findChainBreak } from "../../core/desk/audit/audit-chain.ts";
import { type AuditPart, listAudit } from "../../http/desk-lists.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendView } from "../frame/respond.tsx";
import { AuditView } from "./audit-view.tsx";

const AUDIT_ROWS_PER_VIEW = 50;

export const auditRoutes: readonly PeopleRoute[] = [
  view("/audit", async (c) => {
    const before = sequenceOf(c.req.query("before"));
    const found = await listAudit(c.var.reads, { before, limit: AUDIT_ROWS_PER_VIEW + 1 });
    const rows = found.rows.slice(0, AUDIT_ROWS_PER_VIEW);
    const olderBefore = found.rows.length > rows.length ? (rows.at(-1)?.sequence ?? null) : null;
    const { deskOwnSince } = found;
    const brokenAt = brokenIn({ ...found, rows });
    return sendView(c, <AuditView frame={c.var.frame} {...{ rows, olderBefore, brokenAt, deskOwnSince }} />);
  }),
];

/** The rows must begin with the desk's own where it holds one, and each continue the one before it. null: they do. */
function brokenIn({ rows, top }: Pick<AuditPart, "rows" | "top">): number | null {
  const [newest, oldest] = [rows[0], rows.at(-1)];
  if (top !== null && newest?.hash !== top.hash) return top.sequence;
  if (oldest === undefined) return null;
  return findChainBreak(rows.toReversed(), { sequence: oldest.sequence - 1, hash: oldest.previousHash });
}

/** Where the rows that are shown begin; anything else reads as the newest. */
function sequenceOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
