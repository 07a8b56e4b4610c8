// The engine of the rules over facts: takes facts into the slices of the rules that list their kind, judges, compares with what
// fires already, and says what changed as signals. Pure. A rule never signals by itself.
// What a reader would get wrong: an initial slice is never judged (nothing noteworthy is known), so a rule that wants a deadline
// must hold a slice; and a rule that is turned off forgets its slice, so that turning it on again judges nothing stale. Evidence is
// signalled again when facts changed it, not when time alone did: "for 3h" that became "for 4h" is no news until the rule says it is.
import type { Policy } from "@countersign/shared/policy/policy";
import { isShadowed } from "@countersign/shared/policy/policy-for";
import { entriesOf, namedAt, namedFrom, withNamed, valuesOf } from "@countersign/shared/values/named";
import { assert } from "@countersign/shared/values/result";
import { sameBy } from "@countersign/shared/values/same-by";
import { type Actor, actorNameOf } from "../words/actor.ts";
import { joinEffects, NO_EFFECTS, noteEffect, signalEffect, type EffectDraft } from "../words/effects.ts";
import type { PageReason, Signal } from "../words/signal.ts";
import { placeNameOf, type Shared, type Subject } from "../words/subject.ts";
import { digestOfEvidence } from "./evidence-digest.ts";
import {
  bookDueAt,
  EMPTY_BOOK,
  type FactBook,
  type FiringMark,
  isNothingFiring,
  firingKeyOf,
  isEmptyBook,
  withEntry,
} from "./fact-book.ts";
import { saneAt } from "./fact-instants.ts";
import { FACT_RULES, type ListedRule, rulesListeningTo } from "./fact-rule-list.ts";
import { type Finding, QUIET, type RuleScene } from "./rules/rule.ts";
import type { ShardFact } from "./shard-fact.ts";

/** A rule that asks to be judged sooner than this is judged then: a wrong rule must not ring the alarm in a loop. */
export const JUDGE_AGAIN_MIN_MS = 1_000;
/** A rule that sees nothing before then is judged then all the same. */
export const JUDGE_AGAIN_MAX_MS = 365 * 86_400_000;
/** Lines of proof one finding may carry. */
export const FINDING_LINES_MAX = 10;

/** Evidence that facts changed is signalled again this long after the finding was, and no sooner: four times an hour at most. */
export const SIGNAL_AGAIN_MS = 15 * 60_000;

/** Whom the book is about, and what a firing signal about it says of restarts. */
export interface BookScene extends RuleScene {
  readonly restarts: Extract<Signal, { kind: "firing" }>["restarts"];
}

/** A judgement of the engine's own: by time alone, or because facts changed what is judged. */
interface JudgeScene extends BookScene {
  readonly isByFact: boolean;
}

export interface BookChange {
  readonly book: FactBook;
  readonly effects: readonly EffectDraft[];
}

/** A fact and whom it is about: for the book of a whole shard they differ from fact to fact. */
export interface FactAbout {
  readonly fact: ShardFact;
  readonly subject: RuleScene["subject"];
}

const rulesByReason = new Map(FACT_RULES.map((rule) => [rule.reason, rule]));

// Books are values: judged again in the same circumstances before its next deadline, a book gives the same answer. Sweeps of a
// thousand hosts rest on this; forgetting it only costs time.
const judgedIn = new WeakMap<
  FactBook,
  Pick<RuleScene, "policy" | "seenSinceAt"> & { readonly hostName: string }
>();

/** Takes facts in, and judges the rules whose slices they changed. */
export function takeIntoBook(
  book: FactBook,
  taken: { readonly facts: readonly FactAbout[]; readonly scope: "service" | "shard" },
  scene: BookScene,
): BookChange {
  const changed: ListedRule[] = [];
  let slices = book.slices;
  for (const { fact, subject } of taken.facts)
    for (const rule of rulesListeningTo(fact.kind, taken.scope)) {
      if (!isEnabled(rule, scene.policy)) continue;
      const before = slices[rule.reason] ?? rule.initial;
      const about = subject === scene.subject ? scene : { ...scene, subject };
      const after = rule.absorb(before as never, fact as never, about);
      if (after === before) continue;
      slices = withEntry(slices, rule.reason, after === rule.initial ? undefined : after);
      if (!changed.includes(rule)) changed.push(rule);
    }
  if (changed.length === 0) return { book, effects: NO_EFFECTS };
  return normalized(judgeRules({ ...book, slices }, changed, { ...scene, isByFact: true }));
}

/** Judges by time alone; the very same book when nothing changed. */
export function judgeBook(book: FactBook, scene: BookScene): BookChange {
  if (book === EMPTY_BOOK) return { book, effects: [] };
  const dueAt = bookDueAt(book);
  const { policy, seenSinceAt } = scene;
  const hostName = placeNameOf(scene.subject);
  const before = judgedIn.get(book);
  const isJudged =
    before?.policy === policy && before.seenSinceAt === seenSinceAt && before.hostName === hostName;
  if (isJudged && (dueAt === null || scene.now < dueAt)) return { book, effects: NO_EFFECTS };
  const change = normalized(judgeRules(book, rulesIn(book), { ...scene, isByFact: false }));
  // What just changed seldom lasts, and an entry of a weak map costs more than a judgement.
  if (change.book === book) judgedIn.set(book, { policy, seenSinceAt, hostName });
  return change;
}

/** Compares what a rule found (null: nothing) with what fires for its reason, and says what changed; `why` is why it clears. */
export function settleFinding(
  book: FactBook,
  judged: { readonly reason: PageReason; readonly finding: Finding | null; readonly why: string },
  scene: BookScene,
): BookChange {
  const findings = judged.finding === null ? [] : [judged.finding];
  return settleFindings(book, { ...judged, findings }, { ...scene, isByFact: false });
}

// What fires for the reason and was not found again is cleared first.
function settleFindings(
  book: FactBook,
  judged: { readonly reason: PageReason; readonly findings: readonly Finding[]; readonly why: string },
  scene: JudgeScene,
): BookChange {
  const { reason, findings, why } = judged;
  const found = new Set(findings.map(({ about }) => firingKeyOf(reason, about)));
  const over = entriesOf(book.firing).filter(([key, mark]) => mark.reason === reason && !found.has(key));
  if (findings.length === 0 && over.length === 0) return { book, effects: [] };
  const kept = entriesOf(book.firing).filter(([key, mark]) => mark.reason !== reason || found.has(key));
  const clears = over.map(([, mark]) => cleared(mark, why, scene));
  const settled = findings.reduce<BookChange>(
    (done, finding) => {
      const next = fire(done.book, { reason, finding }, scene);
      return { book: next.book, effects: [...done.effects, ...next.effects] };
    },
    { book: over.length === 0 ? book : { ...book, firing: namedFrom(kept) }, effects: clears },
  );
  return normalized(settled);
}

/** The subject is no more: all that fires for it is cleared. */
export function clearBook(book: FactBook, why: string, scene: RuleScene): readonly EffectDraft[] {
  return valuesOf(book.firing).map((mark) => cleared(mark, why, scene));
}

/** A person lifts the freeze; what fires still fires, and freezes again only when it fires anew. Some findings the person ends with it. */
export function liftFreeze(book: FactBook, by: Actor, scene: BookScene): BookChange {
  const { now, subject } = scene;
  const ended = endLifted(book, by, scene);
  if (book.frozenBy === null) return ended;
  const text = `automation is no longer frozen (${book.frozenBy}): lifted by ${actorNameOf(by)}`;
  const effects = [...ended.effects, noteEffect(subject, now, text)];
  return normalized({ book: { ...ended.book, frozenBy: null }, effects });
}

function endLifted(book: FactBook, by: Actor, scene: BookScene): BookChange {
  const why = `${actorNameOf(by)} lifted the freeze`;
  return rulesIn(book)
    .filter(({ isLiftedByPeople }) => isLiftedByPeople === true)
    .reduce<BookChange>(
      (done, { reason }) => {
        const slices = withEntry(done.book.slices, reason, undefined);
        const dueAt = withEntry(done.book.dueAt, reason, undefined);
        const next = settleFinding({ ...done.book, slices, dueAt }, { reason, finding: null, why }, scene);
        return { book: next.book, effects: joinEffects(done.effects, next.effects) };
      },
      { book, effects: NO_EFFECTS },
    );
}

// The rules that hold something in the book, a slice or a finding.
function rulesIn(book: FactBook): readonly ListedRule[] {
  const rules: ListedRule[] = [];
  const add = (reason: PageReason) => {
    const rule = rulesByReason.get(reason);
    if (rule !== undefined && !rules.includes(rule)) rules.push(rule);
  };
  for (const reason in book.slices) add(reason as PageReason);
  for (const { reason } of valuesOf(book.firing)) add(reason);
  return rules;
}

function judgeRules(book: FactBook, rules: readonly ListedRule[], scene: JudgeScene): BookChange {
  let done: BookChange = { book, effects: NO_EFFECTS };
  for (const rule of rules) {
    const next = judgeRule(done.book, rule, scene);
    done = { book: next.book, effects: joinEffects(done.effects, next.effects) };
  }
  return done;
}

function judgeRule(book: FactBook, rule: ListedRule, scene: JudgeScene): BookChange {
  const { reason } = rule;
  const isOn = isEnabled(rule, scene.policy);
  const slice = isOn ? prunedSlice(book, rule, scene) : undefined;
  const { finding, also = [], nextAt } = slice === undefined ? QUIET : rule.judge(slice as never, scene);
  const dueAt = nextAt === null ? undefined : dueWithin(nextAt, scene.now);
  const slices = withEntry(book.slices, reason, slice);
  // Nearly always nothing is wrong and nothing was.
  if (finding === null && isNothingFiring(book))
    return { book: withJudged(book, slices, withEntry(book.dueAt, reason, dueAt)), effects: NO_EFFECTS };
  const why = isOn ? "the condition no longer holds" : "the rule was turned off in the policy";
  const findings = finding === null ? [] : [finding, ...also];
  const judged = withJudged(book, slices, book.dueAt);
  const settled = settleFindings(judged, { reason, findings, why }, scene);
  const tellAt = tellDueAt(settled.book, reason);
  const nearest = nearestOf(dueAt, tellAt === undefined ? undefined : dueWithin(tellAt, scene.now));
  const dueAts = withEntry(settled.book.dueAt, reason, nearest);
  return { book: withJudged(settled.book, settled.book.slices, dueAts), effects: settled.effects };
}

// When what waits to be signalled of a reason is, although no fact may follow. It is later than now: what is due was signalled just now.
function tellDueAt({ firing }: FactBook, reason: PageReason): number | undefined {
  let dueAt: number | undefined;
  for (const mark of valuesOf(firing)) {
    if (mark.hasMore !== true || mark.reason !== reason) continue;
    dueAt = nearestOf(dueAt, signalAgainAt(mark));
  }
  return dueAt;
}

function nearestOf(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right;
  return right === undefined ? left : Math.min(left, right);
}

// An alarm at an instant that is no date would be refused where it is set.
function dueWithin(nextAt: number, now: number): number {
  return Math.min(Math.max(nextAt, now + JUDGE_AGAIN_MIN_MS), now + JUDGE_AGAIN_MAX_MS);
}

function prunedSlice(book: FactBook, rule: ListedRule, scene: JudgeScene): object | null | undefined {
  const slice = book.slices[rule.reason];
  if (slice === undefined || rule.prune === undefined) return slice;
  const pruned = rule.prune(slice as never, scene);
  return pruned === rule.initial ? undefined : pruned;
}

function fire(
  book: FactBook,
  found: { readonly reason: PageReason; readonly finding: Finding },
  scene: JudgeScene,
): BookChange {
  const { reason } = found;
  const isInEarnest = !isShadowed(scene.policy, reason);
  // A rule in shadow is on record, and holds nothing back.
  const finding = isInEarnest
    ? found.finding
    : { ...found.finding, freezes: false, isRestartPointless: false };
  const key = firingKeyOf(reason, finding.about);
  const before = namedAt(book.firing, key);
  const isNew = before?.severity !== finding.severity || before.title !== finding.title;
  const isFreezing = finding.freezes && before?.freezes !== true && book.frozenBy === null;
  const more = before === undefined || isNew || isFreezing ? "due" : moreToTell(before, finding, scene);
  const mark: FiringMark = {
    reason,
    ...markOf(finding),
    ...(isInEarnest ? {} : { isShadow: true }),
    ...(before === undefined || more === "due" ? signalledNow(finding, scene) : signalledOf(before)),
    ...(more === "waits" ? { hasMore: true } : {}),
  };
  if (before !== undefined && isSameMark(before, mark) && !isFreezing) return { book, effects: NO_EFFECTS };
  const firing = withNamed(book.firing, key, mark);
  const effects: EffectDraft[] =
    more === "due" ? [firingSignal({ reason, finding, freezes: isFreezing }, scene)] : [];
  return { book: { ...book, firing, frozenBy: isFreezing ? reason : book.frozenBy }, effects };
}

// What waits is compared only when it is due: judged by time before that, a book must stay as it is.
function moreToTell(
  before: FiringMark,
  { evidence }: Finding,
  { now, isByFact }: JudgeScene,
): "nothing" | "waits" | "due" {
  const isWaiting = before.hasMore === true;
  const isDue = now >= signalAgainAt(before);
  if (isWaiting && !isDue) return "waits";
  if (!isWaiting && !isByFact) return "nothing";
  if (before.signalledDigest === digestOfEvidence(evidence)) return "nothing";
  return isDue ? "due" : "waits";
}

function signalAgainAt({ signalledAt }: FiringMark): number {
  return signalledAt + SIGNAL_AGAIN_MS;
}

type Signalled = Pick<FiringMark, "signalledAt" | "signalledDigest">;

function signalledNow({ evidence }: Finding, { now }: JudgeScene): Signalled {
  return { signalledAt: now, signalledDigest: digestOfEvidence(evidence) };
}

function signalledOf({ signalledAt, signalledDigest }: FiringMark): Signalled {
  return { signalledAt, signalledDigest };
}

function markOf(finding: Finding): Omit<FiringMark, "reason" | keyof Signalled> {
  const {
    about,
    severity,
    title,
    isRestartPointless,
    freezes,
    failureClass = null,
    affects = null,
  } = finding;
  const mark = { severity, title, isRestartPointless, freezes, failureClass, affects };
  return about === undefined ? mark : { ...mark, about };
}

// Two marks of one key: reason and `about` are in it. Whom it affects is made anew with each finding.
const isSameButAffected = sameBy<FiringMark>({
  severity: true,
  title: true,
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
  fired: { readonly reason: PageReason; readonly finding: Finding; readonly freezes: boolean },
  { now, subject, restarts }: BookScene,
): EffectDraft {
  const { finding, freezes, reason } = fired;
  const { severity, title } = finding;
  const happenedAt = saneAt(finding.happenedAt, now);
  return signalEffect({
    kind: "firing",
    happenedAt,
    subject: aboutSubject(subject, finding.about),
    reason,
    severity,
    title,
    evidence: finding.evidence.slice(-FINDING_LINES_MAX),
    proposalRequestId: null,
    restarts,
    ...(freezes ? { freezes } : {}),
  });
}

function cleared({ reason, about }: FiringMark, why: string, { now, subject }: RuleScene): EffectDraft {
  const evidence = [{ at: now, text: why }];
  const of = aboutSubject(subject, about);
  return signalEffect({ kind: "cleared", happenedAt: now, subject: of, reason, evidence });
}

/** A subject of its own for one provider or identity: incidents, silences and pages then tell them apart without knowing of them. */
function aboutSubject(subject: Subject, about: Shared | undefined): Subject {
  if (about === undefined) return subject;
  const shard = subject.kind === "fleet" ? subject.shard : null;
  assert(shard !== null, "only the book of a shard tells what its hosts have in common");
  return { ...about, shard };
}

function isEnabled(rule: ListedRule, { rules }: Policy): boolean {
  return rules[rule.reason].enabled;
}

// One value stands for every empty book, and a book that did not change keeps its identity: both save rows and work.
function normalized({ book, effects }: BookChange): BookChange {
  return { book: isEmptyBook(book) ? EMPTY_BOOK : book, effects };
}

function withJudged(book: FactBook, slices: FactBook["slices"], dueAt: FactBook["dueAt"]): FactBook {
  if (slices === book.slices && dueAt === book.dueAt) return book;
  return { slices, firing: book.firing, dueAt, frozenBy: book.frozenBy };
}
