// The audit's hash chain: each row's hash covers the one before it, so a changed, removed or inserted row is found. Rows leave only from
// the front, and a row of the chain itself says which (core/desk/audit/audit-cut.ts). Pure.
// Weakness: who can rewrite the whole table can rewrite the whole chain, and a cut-off tail leaves no trace; the copy in D1 and any
// export that keeps a hash are the witnesses.
import { sha256Hex } from "@countersign/shared/values/digest";
import { inVisibleLines } from "@countersign/shared/values/visible-text";
import type { AuditEntry } from "../state/desk-state.ts";

/** `hash` = SHA-256 over `previousHash` and the entry's JSON with its fields by name; the first row's previous hash is 64 zeros. */
export interface ChainedAuditEntry extends AuditEntry {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** Previous hash of the first row. */
export const CHAIN_START = "0".repeat(64);

/** The end of a chain: what the next row is chained to. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/** Chains one entry to what came before it. */
export function chainEntry(entry: AuditEntry, end: ChainEnd): ChainedAuditEntry {
  // Whoever wrote them: no row moves a terminal, or passes for two.
  const content = inVisibleLines(contentOf(entry));
  const hash = hashOf(content, end.hash);
  return { ...content, sequence: end.sequence + 1, previousHash: end.hash, hash };
}

/** Says at which sequence a stretch of rows, oldest first, stops being a chain; null: it holds. */
export function findChainBreak(rows: readonly ChainedAuditEntry[], end: ChainEnd): number | null {
  let expected = end;
  for (const row of rows) {
    const isNext = row.sequence === expected.sequence + 1 && row.previousHash === expected.hash;
    if (!isNext || row.hash !== hashOf(row, row.previousHash)) return expected.sequence + 1;
    expected = row;
  }
  return null;
}

function contentOf({ at, actor, act, refs, subject, why }: AuditEntry): AuditEntry {
  return { at, actor, act, refs, subject, why };
}

function hashOf(entry: AuditEntry, previousHash: string): string {
  return sha256Hex(previousHash + JSON.stringify(contentOf(entry), byName));
}

// Fields in the order of their names, at every depth: JSON that went through other hands says the same, in whatever order it is written.
function byName(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
