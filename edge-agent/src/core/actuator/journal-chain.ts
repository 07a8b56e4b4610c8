// Ties the journal's lines to each other, and the whole to `proposals.json`. Pure. Each line says its number and the hash of the line
// before it, so lines that are missing inside are seen; `proposals.json` holds the number and hash of the last line, so lines that are
// missing at the end, or an older journal in its place, are seen too.
// What a reader would get wrong: the journal may be ahead of what it is tied to, by what was written before a crash. Never behind.
import { sha256Hex } from "@countersign/shared/values/digest";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { JournalRecord } from "./journal-state.ts";

/** The last line of a journal: its number, counted from 1 and through compactions, and the SHA-256 of its text. */
export interface JournalHead {
  readonly line: number;
  readonly hash: string;
}

/** Before the first line. */
export const NO_JOURNAL: JournalHead = { line: 0, hash: "0".repeat(64) };

/** A record in its place. */
export interface JournalLine {
  readonly line: number;
  /** hash of the line before */
  readonly after: string;
  readonly record: JournalRecord;
}

/** What is wrong with a journal; `line` counts the file's lines from 1, and is the first one that is not as it should be. */
export interface JournalDamage {
  readonly reason: "line-unreadable" | "lines-missing" | "end-missing" | "other-journal";
  readonly line: number;
}

/** A line as it stands in the file; null: it cannot be read. */
export interface WrittenLine {
  readonly text: string;
  readonly read: JournalLine | null;
}

/** The text of the line that follows `head`, without its line feed, and the head after it. */
export function chainRecord(
  head: JournalHead,
  record: JournalRecord,
): { readonly text: string; readonly head: JournalHead } {
  const next: JournalLine = { line: head.line + 1, after: head.hash, record };
  const text = JSON.stringify(next);
  return { text, head: { line: next.line, hash: sha256Hex(text) } };
}

/** Several records after `head`, as whole lines. */
export function chainRecords(
  head: JournalHead,
  records: readonly JournalRecord[],
): { readonly text: string; readonly head: JournalHead } {
  let last = head;
  const lines = records.map((record) => {
    const chained = chainRecord(last, record);
    last = chained.head;
    return `${chained.text}\n`;
  });
  return { text: lines.join(""), head: last };
}

/** Reads a whole journal, or says what is missing of it. `tied` is the head that `proposals.json` knows; null: there is no such file. */
export function readChain(
  lines: readonly WrittenLine[],
  tied: JournalHead | null,
): Result<{ readonly records: readonly JournalRecord[]; readonly head: JournalHead }, JournalDamage> {
  const heads: JournalHead[] = [];
  const records: JournalRecord[] = [];
  for (const [index, { text, read }] of lines.entries()) {
    if (read === null) return refuse({ reason: "line-unreadable", line: index + 1 });
    const before = heads.at(-1) ?? headBefore(read);
    if (before === null || read.line !== before.line + 1 || read.after !== before.hash)
      return refuse({ reason: "lines-missing", line: index + 1 });
    if (heads.length === 0) heads.push(before);
    heads.push({ line: read.line, hash: sha256Hex(text) });
    records.push(read.record);
  }
  const head = heads.at(-1) ?? NO_JOURNAL;
  const damage = tied === null ? null : judgeTie(heads.length === 0 ? [NO_JOURNAL] : heads, tied);
  return damage === null ? ok({ records, head }) : refuse(damage);
}

/** What the first line of a file follows: nothing, or, after a compaction, the last line of the file before. */
function headBefore({ line, after, record }: JournalLine): JournalHead | null {
  if (line === NO_JOURNAL.line + 1) return after === NO_JOURNAL.hash ? NO_JOURNAL : null;
  return record.type === "base" ? { line: line - 1, hash: after } : null;
}

function judgeTie(heads: readonly JournalHead[], tied: JournalHead): JournalDamage | null {
  const line = heads.length;
  if ((heads.at(-1)?.line ?? 0) < tied.line) return { reason: "end-missing", line };
  const isKnown = heads.some(({ line: number, hash }) => number === tied.line && hash === tied.hash);
  return isKnown ? null : { reason: "other-journal", line };
}
