// The record: who did what, and why. It checks the hash chain of the rows it shows, or, of rows that were looked for, each
// by itself. A room of its own, above none and beneath none: its rows are about every other subject alike, and nobody acts
// here.
import { findChainBreak } from "../../core/desk/audit/audit-chain.ts";
import { type AuditPart, findInAudit, listAudit } from "../../http/desk-lists.ts";
import type { Reads } from "../../http/reads.ts";
import { parsePolicyText } from "../../policy/policy-file.ts";
import { type AuditFilter, isFiltered } from "../../read-side/queries/audit-search.ts";
import { type PeopleRoute, view } from "../frame/people-routes.ts";
import { sendView } from "../frame/respond.tsx";
import { AuditView, type ShownRows } from "./audit-view.tsx";
import { filterOf, recordQueryOf } from "./record-query.ts";

const AUDIT_ROWS_PER_VIEW = 50;

export const auditRoutes: readonly PeopleRoute[] = [
  view("/audit", async (c) => {
    const { frame, reads } = c.var;
    const before = sequenceOf(c.req.query("before"));
    const query = recordQueryOf((name) => c.req.query(name));
    const filter = filterOf(query, frame.timeZone);
    const [shown, people] = await Promise.all([
      isFiltered(filter) ? found(reads, { before, filter }) : all(reads, before),
      peopleOf(reads),
    ]);
    return sendView(c, <AuditView frame={frame} query={query} people={people} {...shown} />);
  }),
];

async function all(reads: Reads, before: number | null): Promise<ShownRows> {
  const part = await listAudit(reads, { before, limit: AUDIT_ROWS_PER_VIEW + 1 });
  const rows = part.rows.slice(0, AUDIT_ROWS_PER_VIEW);
  const olderBefore = part.rows.length > rows.length ? (rows.at(-1)?.sequence ?? null) : null;
  const brokenAt = brokenIn({ ...part, rows });
  return { rows, olderBefore, brokenAt, deskOwnSince: part.deskOwnSince, isFound: false };
}

async function found(
  reads: Reads,
  asked: { readonly before: number | null; readonly filter: AuditFilter },
): Promise<ShownRows> {
  const { deskOwnSince, next, rows } = await findInAudit(reads, { ...asked, limit: AUDIT_ROWS_PER_VIEW });
  const wrong = rows.find(
    (row) => findChainBreak([row], { sequence: row.sequence - 1, hash: row.previousHash }) !== null,
  );
  return { rows, olderBefore: next, brokenAt: wrong?.sequence ?? null, deskOwnSince, isFound: true };
}

/** Who can be looked for: those of the rules in force. */
async function peopleOf({ desk }: Reads): Promise<AuditPeople> {
  const inForce = await desk.policyInForce();
  const policy = inForce === null ? null : parsePolicyText(inForce.text);
  return policy?.ok === true ? policy.value.responders.map(({ id, name }) => ({ id, name })) : [];
}

type AuditPeople = Parameters<typeof AuditView>[0]["people"];

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
