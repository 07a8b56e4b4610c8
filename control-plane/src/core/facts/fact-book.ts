// What is remembered of one subject (a service, a host, the whole shard): each fact rule's slice, the marks of all that fires for it, and
// when to look again. Pure values. A book that holds nothing costs no row; a freeze in it is lifted by people only.
import { hasNamed, type Named, namedAt, NONE_NAMED } from "@countersign/shared/values/named";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import type { Severity } from "@countersign/shared/wire/service-report";
import type { PageReason } from "../words/signal.ts";
import type { Shared, Subject } from "../words/subject.ts";

/** What was last told of a reason (core/facts/firing.ts), and what it means for automation. */
export interface FiringMark {
  readonly reason: PageReason;
  /** what of the shard it is about; absent: the subject of the book */
  readonly about?: Shared;
  readonly severity: Severity;
  readonly title: string;
  /** the count of the finding, where its rule counts */
  readonly count?: number;
  readonly isRestartPointless: boolean;
  readonly freezes: boolean;
  readonly failureClass: FailureClass | null;
  /** whom a finding of the whole shard is about; null: every subject of the book */
  readonly affects: readonly Subject[] | null;
  /** the rule is in shadow. absent: in earnest */
  readonly isShadow?: true;
  /** when it was last signalled, and `digestOfEvidence` of what was said then */
  readonly signalledAt: number;
  readonly signalledDigest: string;
  /** facts have changed the evidence since, and it waits to be signalled. absent: nothing waits */
  readonly hasMore?: true;
}

export interface FactBook {
  /** by reason, only where it is not the rule's initial one */
  readonly slices: Readonly<Partial<Record<PageReason, object | null>>>;
  /** by `firingKeyOf` */
  readonly firing: Named<FiringMark>;
  /** when time alone may change a rule's answer */
  readonly dueAt: Readonly<Partial<Record<PageReason, number>>>;
  /** the reason that froze automation on the subject; outlives the finding, until a person lifts it. null: not frozen */
  readonly frozenBy: PageReason | null;
}

/** What a finding fires under: its reason, and what it is about where several of one reason may fire at once. */
export function firingKeyOf(reason: PageReason, about?: Shared): string {
  return about === undefined ? reason : `${reason} ${about.kind} ${about.name}`;
}

/** Nothing is known that matters. */
export const EMPTY_BOOK: FactBook = { slices: {}, firing: NONE_NAMED, dueAt: {}, frozenBy: null };

/** Whether the book may be forgotten. */
export function isEmptyBook(book: FactBook): boolean {
  return book === EMPTY_BOOK || (book.frozenBy === null && !hasKey(book.slices) && !hasKey(book.firing));
}

/** Whether the reason was told about the subject of the book, and not yet cleared. */
export function isFiring({ firing }: FactBook, reason: PageReason): boolean {
  return hasNamed(firing, reason);
}

/** Whether the reason was told about anything in the book, and not yet cleared. */
export function isFiringFor({ firing }: FactBook, reason: PageReason): boolean {
  for (const key in firing) if (namedAt(firing, key)?.reason === reason) return true;
  return false;
}

/** The nearest instant at which a rule of the book must be judged again; null: none. */
export function bookDueAt(book: FactBook): number | null {
  if (book === EMPTY_BOOK) return null;
  let nearest: number | null = null;
  for (const reason in book.dueAt) {
    const at = book.dueAt[reason as PageReason];
    if (at !== undefined && (nearest === null || at < nearest)) nearest = at;
  }
  return nearest;
}

/** The same record with one entry set; undefined takes it away. */
export function withEntry<T>(
  record: Readonly<Partial<Record<PageReason, T>>>,
  reason: PageReason,
  entry: T | undefined,
): Readonly<Partial<Record<PageReason, T>>> {
  if (record[reason] === entry) return record;
  if (entry !== undefined) return { ...record, [reason]: entry };
  const { [reason]: _removed, ...rest } = record;
  return rest;
}

function hasKey(record: object): boolean {
  for (const _key in record) return true;
  return false;
}
