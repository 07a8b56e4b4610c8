// Lists of what the desk alone wrote: what is over, the pages sent, the audit. After an act they show it: D1 is waited for as long as the desk still
// owes it something, up to a second, and a list that is behind all the same says since when. That nothing is owed is asked of the desk: the highest
// revision in D1 proves nothing of those below it, for an outbox delivers in the order of its keys.
import type { ChainedAuditEntry } from "../core/desk/audit/audit-chain.ts";
import type { IncidentDeskRpc } from "../platform/rpc.ts";
import type { IncidentFilter, ListedIncident } from "../read-side/listed-incident.ts";
import { AUDIT_ROWS_MAX } from "../read-side/queries/audit-rows.ts";
import { type AuditFilter, isFound } from "../read-side/queries/audit-search.ts";
import type { Part } from "../read-side/queries/cursor.ts";
import type { IncidentRow, IncidentsAsked } from "../read-side/queries/incident-rows.ts";
import type { PageRow, PagesAsked } from "../read-side/queries/page-rows.ts";
import { withDesk } from "./incidents-of-desk.ts";
import type { Lists } from "./lists.ts";

const LOOKS_MAX = 5;
const PAUSE_MS = 200;
/** What has waited for longer is not on its way: D1 is down, or behind. */
const ON_ITS_WAY_MS = 2_000;

/** Who is asked. */
interface Reads {
  readonly desk: Pick<IncidentDeskRpc, "auditRows" | "unprojectedSinceAt">;
  readonly lists: Pick<Lists, "audit" | "auditSearch" | "pages" | "resolved">;
}

/** … about what is open too. */
interface IncidentReads {
  readonly desk: Pick<IncidentDeskRpc, "overview" | "unprojectedSinceAt">;
  readonly lists: Pick<Lists, "incidents">;
}

/** Part of a list; `asOf`: until when it holds what the desk knew, null: it cannot be read now, and has no rows. */
export interface DeskPart<Row> extends Part<Row> {
  readonly asOf: number | null;
}

/** What is over, the newest end first. */
export function listResolved(reads: Reads, asked: IncidentsAsked): Promise<DeskPart<IncidentRow>> {
  return partOf(reads, () => reads.lists.resolved(asked));
}

/**
 * All incidents that fit, the newest first, as the desk says how they stand. What the desk itself holds, which is what is
 * open and what ended within the hour, is in it, however far behind D1 is.
 */
export async function listIncidents(
  { desk, lists }: IncidentReads,
  asked: { readonly filter: IncidentFilter; readonly after: string | null; readonly limit: number },
): Promise<DeskPart<ListedIncident>> {
  const part = await partOf({ desk }, () => lists.incidents(asked));
  const { incidents } = await desk.overview();
  return { ...withDesk(part, incidents, asked), asOf: part.asOf };
}

/** The pages sent, the newest first. */
export function listPages(reads: Reads, asked: PagesAsked): Promise<DeskPart<PageRow>> {
  return partOf(reads, () => reads.lists.pages(asked));
}

/** Rows of the audit, newest first. */
export interface AuditPart {
  readonly rows: readonly ChainedAuditEntry[];
  /** the desk's own row at the top of these; null: it holds none there any more */
  readonly top: ChainedAuditEntry | null;
  /** since when D1 lacks a row, or that it does not answer (true): the rows are the desk's own, which go less far back. null: they are D1's */
  readonly deskOwnSince: number | true | null;
}

/** The rows before a sequence; while D1 lacks any, the desk's own: a chain has no gap that is only late. */
export async function listAudit(
  { desk, lists }: Reads,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<AuditPart> {
  const since = await lackedSince(desk);
  // Of an audit that was set back D1 holds two rows of one sequence.
  const found = since === null ? await lists.audit({ before, limit: 2 * limit }) : null;
  const own = await desk.auditRows({ before, limit: found === null ? limit : 1 });
  const [top = null] = own;
  if (found === null) return { rows: own, top, deskOwnSince: since ?? true };
  return { rows: onChain(found, top?.hash ?? null).slice(0, limit), top, deskOwnSince: null };
}

/** Rows of the audit that match, newest first. */
export interface AuditMatches {
  readonly rows: readonly ChainedAuditEntry[];
  /** before which sequence to look on; null: that was all */
  readonly next: number | null;
  readonly deskOwnSince: AuditPart["deskOwnSince"];
}

/** The rows before a sequence that match; while D1 lacks any, those of the desk's own newest. */
export async function findInAudit(
  { desk, lists }: Reads,
  asked: { readonly filter: AuditFilter; readonly before: number | null; readonly limit: number },
): Promise<AuditMatches> {
  const since = await lackedSince(desk);
  const found = since === null ? await lists.auditSearch(asked) : null;
  if (found !== null) return { ...found, deskOwnSince: null };
  const own = await desk.auditRows({ before: asked.before, limit: AUDIT_ROWS_MAX });
  const matching = own.filter((row) => isFound(row, asked.filter));
  const rows = matching.slice(0, asked.limit);
  const last = rows.length < matching.length ? rows.at(-1) : own.length < AUDIT_ROWS_MAX ? null : own.at(-1);
  return { rows, next: last?.sequence ?? null, deskOwnSince: since ?? true };
}

/** Since when D1 lacks something that the desk knows, once what is on its way has had its time; null: it lacks nothing. */
async function lackedSince(desk: Pick<Reads["desk"], "unprojectedSinceAt">): Promise<number | null> {
  for (let looks = 1; ; looks += 1) {
    const since = await desk.unprojectedSinceAt();
    if (since === null || looks === LOOKS_MAX || Date.now() - since > ON_ITS_WAY_MS) return since;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function partOf<Row>(
  { desk }: { readonly desk: Pick<Reads["desk"], "unprojectedSinceAt"> },
  read: () => Promise<Part<Row> | null>,
): Promise<DeskPart<Row>> {
  const since = await lackedSince(desk);
  const part = await read();
  return part === null ? { rows: [], next: null, asOf: null } : { ...part, asOf: since ?? Date.now() };
}

/** Of rows with one sequence the one that the chain leads to from a hash on; null: from wherever. */
function onChain(rows: readonly ChainedAuditEntry[], topHash: string | null): readonly ChainedAuditEntry[] {
  let wanted = topHash;
  return [...Map.groupBy(rows, ({ sequence }) => sequence).values()].flatMap((ofSequence) => {
    const row = ofSequence.find(({ hash }) => hash === wanted) ?? ofSequence[0];
    wanted = row?.previousHash ?? null;
    return row ?? [];
  });
}
