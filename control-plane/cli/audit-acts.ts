// What `countersign audit verify` does: it reads the rows and verifies them here, so that a control plane need not be believed, and compares
// them with the copies in D1. Ends with 0 when the chain holds and its copies agree, 1 when not, 2 when the input is wrong.
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { BodyOf } from "../src/api/table/route.ts";
import type { RouteOf } from "../src/api/table/routes.ts";
import type { ChainedAuditEntry } from "../src/core/desk/audit/audit-chain.ts";
import { type AuditWalk, endWalk, WALK_START, walkOlder } from "../src/core/desk/audit/audit-walk.ts";
import type { ApiRefusal } from "./api-calls.ts";
import { complain, type Desk, EXIT, printJson } from "./desk.ts";

const PAGE_ROWS = 500;
/** A row may be so long on its way to D1. */
const ON_ITS_WAY_MS = 10 * 60_000;
const NAMED_MAX = 10;

/** What D1 holds of the rows that were read. */
interface Copies {
  /** null: D1 did not answer, or was not asked */
  readonly checkedCount: number | null;
  /** sequences of rows that D1 does not hold */
  readonly missing: readonly number[];
  /** copies of another history: the desk was set back, or somebody changed it */
  readonly otherCount: number;
}

interface Verified {
  readonly walk: AuditWalk;
  readonly copies: Copies;
}

type AuditPage = BodyOf<RouteOf<"GET /v1/admin/audit">>;

/** Verifies the audit of a control plane; `now` is the asker's clock. */
export async function verifyAudit(
  options: { readonly json?: boolean },
  { api, output }: Desk,
  now: number,
): Promise<number> {
  const first = await walkRows(api, now);
  // Rows may have left the front while they were read.
  const read = first.ok && first.value.walk.brokenAt !== null ? await walkRows(api, now) : first;
  if (!read.ok) return complain(output, read.error);
  const { walk, copies } = read.value;
  const isGood = walk.brokenAt === null && copies.missing.length === 0;
  if (options.json === true) printJson(output, documentOf(read.value, isGood));
  else sayVerified(read.value, output);
  return isGood ? EXIT.done : EXIT.refused;
}

async function walkRows(api: Desk["api"], now: number): Promise<Result<Verified, ApiRefusal>> {
  let walk = WALK_START;
  let copies: Copies = { checkedCount: 0, missing: [], otherCount: 0 };
  let before: number | null = null;
  for (;;) {
    const page: Result<AuditPage, ApiRefusal> = await api.ask("GET /v1/admin/audit", {
      query: { before, limit: PAGE_ROWS },
    });
    if (!page.ok) return page;
    const { rows, nextBefore }: AuditPage = page.value;
    if (nextBefore !== null && before !== null && nextBefore >= before) return noEnd();
    walk = walkOlder(walk, rows);
    copies = await compare(api, rows, { copies, now });
    if (nextBefore === null || walk.brokenAt !== null) return ok({ walk: endWalk(walk), copies });
    before = nextBefore;
  }
}

async function compare(
  api: Desk["api"],
  rows: readonly ChainedAuditEntry[],
  { copies, now }: { readonly copies: Copies; readonly now: number },
): Promise<Copies> {
  const [newest, oldest] = [rows.at(0), rows.at(-1)];
  if (newest === undefined || oldest === undefined || copies.checkedCount === null) return copies;
  const query = { from: oldest.sequence, through: newest.sequence };
  const held = await api.ask("GET /v1/admin/audit/copies", { query });
  if (!held.ok) return { ...copies, checkedCount: null };
  const hashes = new Set(held.value.rows.map(({ hash }) => hash));
  const missing = rows.filter(({ at, hash }) => !hashes.has(hash) && at < now - ON_ITS_WAY_MS);
  return {
    checkedCount: copies.checkedCount + rows.length,
    missing: [...copies.missing, ...missing.map(({ sequence }) => sequence)],
    otherCount: copies.otherCount + hashes.size - rows.filter(({ hash }) => hashes.has(hash)).length,
  };
}

function documentOf({ walk, copies }: Verified, isGood: boolean): object {
  const { brokenAt, cut, newest, oldest, rowCount } = walk;
  return {
    ok: isGood,
    rowCount,
    firstSequence: oldest?.sequence ?? null,
    lastSequence: newest?.sequence ?? null,
    lastHash: newest?.hash ?? null,
    cut,
    brokenAt,
    copies: { ...copies, missing: copies.missing.slice(0, NAMED_MAX), missingCount: copies.missing.length },
  };
}

function sayVerified({ walk, copies }: Verified, output: Desk["output"]): void {
  const { brokenAt, cut, newest, oldest, rowCount } = walk;
  if (brokenAt !== null)
    return output.complain(`The chain is broken at row ${brokenAt}: rows were changed or are missing.`);
  output.print(
    newest === null || oldest === null
      ? "The audit has no rows."
      : `The chain holds: ${rowCount} rows, ${oldest.sequence} to ${newest.sequence}, last hash ${newest.hash}.`,
  );
  if (cut !== null)
    output.print(
      `It begins behind row ${cut.through}: ${cut.from} to ${cut.through} left in the newest cut.`,
    );
  sayCopies(copies, output);
}

function sayCopies({ checkedCount, missing, otherCount }: Copies, output: Desk["output"]): void {
  if (checkedCount === null) return output.complain("The copies in D1 were not compared: it did not answer.");
  if (missing.length > 0)
    output.complain(
      `D1 does not hold ${missing.length} of these rows, such as ${missing.slice(0, NAMED_MAX).join(", ")}.`,
    );
  else output.print("D1 holds them all.");
  if (otherCount > 0)
    output.complain(
      `D1 also holds ${otherCount} rows of another history: the desk was set back, or it was changed.`,
    );
}

function noEnd(): Result<never, ApiRefusal> {
  const sentence = "The control plane answers with pages that have no end: check --url.";
  return refuse({ reason: "refused", sentence, problem: null });
}
