// Verifies the audit from its newest row back to where it begins, some hundred rows at a time: at its first row, or behind the rows that the
// newest cut in it says left. Pure.
import { CHAIN_START, type ChainedAuditEntry, type ChainEnd, findChainBreak } from "./audit-chain.ts";
import { type AuditCut, cutOf } from "./audit-cut.ts";

/** What is known after the rows that were walked. */
export interface AuditWalk {
  readonly rowCount: number;
  /** the newest row; null: there was none */
  readonly newest: ChainEnd | null;
  /** the oldest row so far */
  readonly oldest: ChainedAuditEntry | null;
  /** what the newest cut says left; null: no cut was seen */
  readonly cut: AuditCut | null;
  /** where it stops being a chain; null: it holds so far */
  readonly brokenAt: number | null;
}

/** Before the first rows. */
export const WALK_START: AuditWalk = { rowCount: 0, newest: null, oldest: null, cut: null, brokenAt: null };

/** Goes on with the next older rows, newest first. */
export function walkOlder(walk: AuditWalk, page: readonly ChainedAuditEntry[]): AuditWalk {
  const oldest = page.at(-1);
  if (oldest === undefined) return walk;
  const stretch = [...page.toReversed(), ...(walk.oldest === null ? [] : [walk.oldest])];
  const before = { sequence: oldest.sequence - 1, hash: oldest.previousHash };
  return {
    rowCount: walk.rowCount + page.length,
    newest: walk.newest ?? page.at(0) ?? null,
    oldest,
    cut: walk.cut ?? newestCut(page),
    brokenAt: walk.brokenAt ?? findChainBreak(stretch, before),
  };
}

/** There are no older rows: the chain must begin where it may. */
export function endWalk(walk: AuditWalk): AuditWalk {
  const { brokenAt, cut, oldest } = walk;
  if (brokenAt !== null || oldest === null) return walk;
  const begin = cut === null ? { sequence: 0, hash: CHAIN_START } : { sequence: cut.through, hash: cut.hash };
  const isBegun = oldest.sequence === begin.sequence + 1 && oldest.previousHash === begin.hash;
  return isBegun ? walk : { ...walk, brokenAt: begin.sequence + 1 };
}

function newestCut(page: readonly ChainedAuditEntry[]): AuditCut | null {
  for (const row of page) {
    const cut = cutOf(row);
    if (cut !== null) return cut;
  }
  return null;
}
