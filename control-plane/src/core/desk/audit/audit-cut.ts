// Which rows leave the front of the audit, and the row that says so: "rows a–b left, last hash H", from which the chain begins. Pure.
// What a reader would get wrong: a cut writes a row that is to be cut one day itself, so a cut is made at most once a day while little is
// due, and never for such rows alone; an audit in which nothing happens is left as it is.
import { formatDuration } from "@countersign/shared/values/duration";
import { BY_DESK } from "../../words/actor.ts";
import { refOf, refText } from "../state/audit-ref.ts";
import type { AuditEntry } from "../state/desk-state.ts";
import type { ChainedAuditEntry } from "./audit-chain.ts";

/** Rows that leave in one cut: one bounded piece of work. */
export const CUT_ROWS_MAX = 500;
/** What is due waits this much longer, so that rows that come one by one do not leave one by one. */
export const CUT_PAUSE_MS = 24 * 3_600_000;

const CUT_ACT = "audit-cut";

/** The rows that left: from the first to the last, and the last one's hash. */
export interface AuditCut {
  readonly from: number;
  readonly through: number;
  readonly hash: string;
}

/** How long rows are kept, by which clock. */
export interface Keeping {
  readonly now: number;
  readonly keptForMs: number;
}

/** What is to leave, by the oldest rows there are, oldest first; null: nothing yet. */
export function planAuditCut(
  oldest: readonly ChainedAuditEntry[],
  { now, keptForMs }: Keeping,
): AuditCut | null {
  const isDue = ({ at }: AuditEntry) => at < now - keptForMs;
  const kept = oldest.findIndex((row) => !isDue(row));
  const due = oldest.slice(0, kept < 0 ? oldest.length : kept).slice(0, CUT_ROWS_MAX);
  const isWorthIt = due.some((row) => row.act !== CUT_ACT && row.at < now - keptForMs - CUT_PAUSE_MS);
  const [first, last] = [due.at(0), due.at(-1)];
  if (!isWorthIt || first === undefined || last === undefined) return null;
  return { from: first.sequence, through: last.sequence, hash: last.hash };
}

/** The row that a cut leaves. */
export function entryOfCut({ from, through, hash }: AuditCut, { now, keptForMs }: Keeping): AuditEntry {
  const why = `rows ${from}–${through} left, last hash ${hash}: older than ${formatDuration(keptForMs)}`;
  const ref = { kind: "cut", from, through, hash } as const;
  return { at: now, actor: BY_DESK, act: CUT_ACT, refs: [ref], subject: refText(ref), why };
}

/** Reads a row that a cut left; null: it is another row. */
export function cutOf(row: AuditEntry): AuditCut | null {
  const ref = row.act === CUT_ACT && row.actor.kind === "desk" ? refOf(row, "cut") : undefined;
  return ref === undefined ? null : { from: ref.from, through: ref.through, hash: ref.hash };
}
