// What fires: the one place that compares what is wrong now with the marks of what was told, and fires, tells again or clears. Pure.
// Marks live in the book of their subject, whoever judges: the rules over facts and the rules of a shard's own state alike. A rule says
// what is wrong now and remembers no telling; a person is told of one reason about one subject once, and again when it reads otherwise.
// What a reader would get wrong: evidence is told again when facts changed it, not when time alone did: "for 3h" that became "for 4h" is no
// news until the rule says it is.
import { namedAt, namedFrom, entriesOf, valuesOf, withNamed } from "@countersign/shared/values/named";
import { assert } from "@countersign/shared/values/result";
import { sameBy } from "@countersign/shared/values/same-by";
import { isShadowed } from "../../policy/policy-for.ts";
import type { Policy } from "../../policy/policy.ts";
import { NO_EFFECTS, signalEffect, type EffectDraft } from "../words/effects.ts";
import type { Evidence, PageReason, Signal } from "../words/signal.ts";
import type { Shared, Subject } from "../words/subject.ts";
import { digestOfEvidence } from "./evidence-digest.ts";
import {
  EMPTY_BOOK,
  type FactBook,
  type FiringMark,
  firingKeyOf,
  isEmptyBook,
  isFiringFor,
} from "./fact-book.ts";
import { saneAt } from "./fact-instants.ts";
import type { Finding } from "./rule.ts";

/** Lines of proof one finding may carry. */
export const FINDING_LINES_MAX = 10;

/** Evidence that facts changed is signalled again this long after the finding was, and no sooner: four times an hour at most. */
export const SIGNAL_AGAIN_MS = 15 * 60_000;

type Firing = Extract<Signal, { kind: "firing" }>;

/** Whom a book is about, and what a firing signal about it says of restarts. */
export interface FiringScene {
  readonly now: number;
  readonly policy: Policy;
  readonly subject: Subject;
  readonly restarts: Firing["restarts"];
}

export interface BookChange {
  readonly book: FactBook;
  readonly effects: readonly EffectDraft[];
}

/** What is wrong now for one reason. */
export interface Found {
  readonly reason: PageReason;
  /** none: nothing is */
  readonly findings: readonly Finding[];
  /** why what fires and was not found again is over */
  readonly over: Evidence;
  /** when it was over. absent: at the instant of `over` */
  readonly overAt?: number;
  /** facts changed what was judged. absent: time alone, or the rule tells evidence only with other news */
  readonly isByFact?: boolean;
  /** something has to be said with it, so it is told whether it changed or not. absent: only when it did */
  readonly isToldAnew?: boolean;
  /** what the signal says beyond the finding */
  readonly says?: Partial<Pick<Firing, "proposalRequestId" | "refusal" | "freezes">>;
}

/** Fires, tells again and clears what of one reason has changed; the very same book when nothing has. */
export function settleFindings(book: FactBook, found: Found, scene: FiringScene): BookChange {
  const { findings, reason } = found;
  if (findings.length === 0 && !isFiringFor(book, reason)) return { book, effects: NO_EFFECTS };
  const keys = new Set(findings.map(({ about }) => firingKeyOf(reason, about)));
  const isOver = ([key, mark]: readonly [string, FiringMark]) => mark.reason === reason && !keys.has(key);
  const fires = entriesOf(book.firing);
  const over = fires.filter(isOver);
  // What was not found again is cleared first.
  const effects: EffectDraft[] = over.map(([, mark]) => cleared(mark, found, scene));
  const kept = over.length === 0 ? book.firing : namedFrom(fires.filter((entry) => !isOver(entry)));
  let next = kept === book.firing ? book : { ...book, firing: kept };
  for (const finding of findings) {
    const fired = fire(next, { found, finding }, scene);
    next = fired.book;
    effects.push(...fired.effects);
  }
  return { book: isEmptyBook(next) ? EMPTY_BOOK : next, effects };
}

/** The subject is no more: all that fires for it is cleared. */
export function clearBook(
  book: FactBook,
  why: string,
  scene: Pick<FiringScene, "now" | "subject">,
): readonly EffectDraft[] {
  const over = { at: scene.now, text: why };
  return valuesOf(book.firing).map((mark) => cleared(mark, { over }, scene));
}

/** When what waits to be told of a reason is, although nothing else may happen. It is later than now: what is due was told just now. */
export function tellDueAt({ firing }: FactBook, reason: PageReason): number | null {
  let dueAt: number | null = null;
  for (const mark of valuesOf(firing)) {
    if (mark.hasMore !== true || mark.reason !== reason) continue;
    dueAt = Math.min(dueAt ?? Number.POSITIVE_INFINITY, tellAgainAt(mark));
  }
  return dueAt;
}

function fire(
  book: FactBook,
  { found, finding: told }: { readonly found: Found; readonly finding: Finding },
  scene: FiringScene,
): BookChange {
  const { reason } = found;
  const isInEarnest = !isShadowed(scene.policy, reason);
  // A rule in shadow is on record, and holds nothing back.
  const finding = isInEarnest ? told : { ...told, freezes: false, isRestartPointless: false };
  const key = firingKeyOf(reason, finding.about);
  const before = namedAt(book.firing, key);
  const isFreezing = finding.freezes && before?.freezes !== true && book.frozenBy === null;
  const isDue = isFreezing || found.isToldAnew === true || isNews(before, finding);
  const more = before === undefined || isDue ? "due" : moreToTell(before, finding, { found, scene });
  const mark = {
    ...markOf(reason, finding),
    ...(isInEarnest ? {} : { isShadow: true as const }),
    ...(before === undefined || more === "due" ? toldNow(finding, scene) : toldBefore(before)),
    ...(more === "waits" ? { hasMore: true as const } : {}),
  };
  if (before !== undefined && more !== "due" && isSameMark(before, mark))
    return { book, effects: NO_EFFECTS };
  const firing = withNamed(book.firing, key, mark);
  const says = isFreezing ? { ...found.says, freezes: true } : found.says;
  const effects = more === "due" ? [firingSignal({ reason, finding, says }, scene)] : NO_EFFECTS;
  return { book: { ...book, firing, frozenBy: isFreezing ? reason : book.frozenBy }, effects };
}

// Another severity always is; another title, unless the rule counts: then only more of it.
function isNews(before: FiringMark | undefined, { count, severity, title }: Finding): boolean {
  if (before?.severity !== severity) return true;
  return count === undefined ? before.title !== title : count > (before.count ?? 0);
}

// What waits is compared only when it is due: judged by time before that, a book must stay as it is.
function moreToTell(
  before: FiringMark,
  { evidence }: Finding,
  { found, scene }: { readonly found: Found; readonly scene: FiringScene },
): "nothing" | "waits" | "due" {
  const isWaiting = before.hasMore === true;
  const isDue = scene.now >= tellAgainAt(before);
  if (isWaiting && !isDue) return "waits";
  if (!isWaiting && found.isByFact !== true) return "nothing";
  if (before.signalledDigest === digestOfEvidence(evidence)) return "nothing";
  return isDue ? "due" : "waits";
}

function tellAgainAt({ signalledAt }: FiringMark): number {
  return signalledAt + SIGNAL_AGAIN_MS;
}

type Told = Pick<FiringMark, "title" | "count" | "signalledAt" | "signalledDigest">;

function toldNow({ count, evidence, title }: Finding, { now }: FiringScene): Told {
  const told = { title, signalledAt: now, signalledDigest: digestOfEvidence(evidence) };
  return count === undefined ? told : { ...told, count };
}

function toldBefore({ count, signalledAt, signalledDigest, title }: FiringMark): Told {
  const told = { title, signalledAt, signalledDigest };
  return count === undefined ? told : { ...told, count };
}

function markOf(reason: PageReason, finding: Finding): Omit<FiringMark, keyof Told> {
  const { about, severity, isRestartPointless, freezes, failureClass = null, affects = null } = finding;
  const mark = { reason, severity, isRestartPointless, freezes, failureClass, affects };
  return about === undefined ? mark : { ...mark, about };
}

// Two marks of one key: reason and `about` are in it. Whom it affects is made anew with each finding.
const isSameButAffected = sameBy<FiringMark>({
  severity: true,
  title: true,
  count: true,
  isRestartPointless: true,
  freezes: true,
  failureClass: true,
  isShadow: true,
  signalledAt: true,
  signalledDigest: true,
  hasMore: true,
  affects: false,
  reason: false,
  about: false,
});

function isSameMark(left: FiringMark, right: FiringMark): boolean {
  if (!isSameButAffected(left, right)) return false;
  return left.affects === right.affects || JSON.stringify(left.affects) === JSON.stringify(right.affects);
}

function firingSignal(
  fired: { readonly reason: PageReason; readonly finding: Finding; readonly says: Found["says"] },
  { now, subject, restarts }: FiringScene,
): EffectDraft {
  const { finding, reason, says } = fired;
  const { alike, severity, title } = finding;
  return signalEffect({
    kind: "firing",
    happenedAt: saneAt(finding.happenedAt, now),
    subject: aboutSubject(subject, finding.about),
    reason,
    severity,
    title,
    evidence: finding.evidence.slice(-FINDING_LINES_MAX),
    proposalRequestId: null,
    restarts,
    ...(alike === undefined ? {} : { alike }),
    ...says,
  });
}

function cleared(
  { reason, about }: FiringMark,
  { over, overAt = over.at }: Pick<Found, "over" | "overAt">,
  { subject }: Pick<FiringScene, "subject">,
): EffectDraft {
  const of = aboutSubject(subject, about);
  return signalEffect({ kind: "cleared", happenedAt: overAt, subject: of, reason, evidence: [over] });
}

/** A subject of its own for one provider or identity: incidents, silences and pages then tell them apart without knowing of them. */
function aboutSubject(subject: Subject, about: Shared | undefined): Subject {
  if (about === undefined) return subject;
  const shard = subject.kind === "fleet" ? subject.shard : null;
  assert(shard !== null, "only the book of a shard tells what its hosts have in common");
  return { ...about, shard };
}
