// The engine of the rules over facts: takes facts into the slices of the rules that list their kind, and judges them; what was found is
// compared with what fires in core/facts/firing.ts. Pure. A rule never signals by itself.
// What a reader would get wrong: an initial slice is never judged (nothing noteworthy is known), so a rule that wants a deadline
// must hold a slice; and a rule that is turned off forgets its slice, so that turning it on again judges nothing stale.
import { valuesOf } from "@countersign/shared/values/named";
import type { Policy } from "../../policy/policy.ts";
import { type Actor, actorNameOf } from "../words/actor.ts";
import { joinEffects, NO_EFFECTS, noteEffect } from "../words/effects.ts";
import type { PageReason } from "../words/signal.ts";
import { placeNameOf } from "../words/subject.ts";
import { bookDueAt, EMPTY_BOOK, type FactBook, isEmptyBook, isFiringFor, withEntry } from "./fact-book.ts";
import { FACT_RULES, type ListedRule, rulesListeningTo } from "./fact-rule-list.ts";
import { type BookChange, type FiringScene, settleFindings, tellDueAt } from "./firing.ts";
import { QUIET, type RuleScene } from "./rule.ts";
import type { ShardFact } from "./shard-fact.ts";

/** A rule that asks to be judged sooner than this is judged then: a wrong rule must not ring the alarm in a loop. */
export const JUDGE_AGAIN_MIN_MS = 1_000;
/** A rule that sees nothing before then is judged then all the same. */
export const JUDGE_AGAIN_MAX_MS = 365 * 86_400_000;

/** Whom the book is about, and since when its host has been seen. */
export type BookScene = RuleScene & FiringScene;

/** A judgement of the engine's own: by time alone, or because facts changed what is judged. */
interface JudgeScene extends BookScene {
  readonly isByFact: boolean;
}

/** A fact and whom it is about: for the book of a whole shard they differ from fact to fact. */
export interface FactAbout {
  readonly fact: ShardFact;
  readonly subject: RuleScene["subject"];
}

const rulesByReason = { service: byReason("service"), shard: byReason("shard") } as const;

function byReason(scope: ListedRule["scope"]): ReadonlyMap<PageReason, ListedRule> {
  const listed = FACT_RULES.filter((rule) => rule.scope === scope);
  return new Map(listed.map((rule) => [rule.reason, rule]));
}

// Books are values: judged again in the same circumstances before its next deadline, a book gives the same answer. Sweeps of a
// thousand hosts rest on this; forgetting it only costs time.
const judgedIn = new WeakMap<
  FactBook,
  Pick<RuleScene, "policy" | "seenSinceAt" | "wellSinceAt"> & { readonly hostName: string }
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
  const { policy, seenSinceAt, wellSinceAt } = scene;
  const hostName = placeNameOf(scene.subject);
  const before = judgedIn.get(book);
  const isJudged =
    before?.policy === policy &&
    before.seenSinceAt === seenSinceAt &&
    before.wellSinceAt === wellSinceAt &&
    before.hostName === hostName;
  if (isJudged && (dueAt === null || scene.now < dueAt)) return { book, effects: NO_EFFECTS };
  const change = normalized(judgeRules(book, rulesIn(book, scene), { ...scene, isByFact: false }));
  // What just changed seldom lasts, and an entry of a weak map costs more than a judgement.
  if (change.book === book) judgedIn.set(book, { policy, seenSinceAt, wellSinceAt, hostName });
  return change;
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
  return rulesIn(book, scene)
    .filter(({ isLiftedByPeople }) => isLiftedByPeople === true)
    .reduce<BookChange>(
      (done, { reason }) => {
        const slices = withEntry(done.book.slices, reason, undefined);
        const dueAt = withEntry(done.book.dueAt, reason, undefined);
        const ended = { ...done.book, slices, dueAt };
        const next = settleFindings(
          ended,
          { reason, findings: [], over: { at: scene.now, text: why } },
          scene,
        );
        return { book: next.book, effects: joinEffects(done.effects, next.effects) };
      },
      { book, effects: NO_EFFECTS },
    );
}

// The rules over facts that hold something in the book, a slice or a finding.
function rulesIn(book: FactBook, { subject }: Pick<BookScene, "subject">): readonly ListedRule[] {
  const rules: ListedRule[] = [];
  const add = (rule: ListedRule | undefined) => {
    if (rule !== undefined && !rules.includes(rule)) rules.push(rule);
  };
  // A reason may have a rule of each scope, and a mark may be of neither: `identity-conflict` of a host is no matter of facts.
  const own = rulesByReason[subject.kind === "fleet" ? "shard" : "service"];
  const other = rulesByReason[subject.kind === "fleet" ? "service" : "shard"];
  for (const reason in book.slices) add(own.get(reason as PageReason) ?? other.get(reason as PageReason));
  for (const { reason } of valuesOf(book.firing)) add(own.get(reason));
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
  if (finding === null && !isFiringFor(book, reason))
    return { book: withJudged(book, slices, withEntry(book.dueAt, reason, dueAt)), effects: NO_EFFECTS };
  const why = isOn ? "the condition no longer holds" : "the rule was turned off in the policy";
  const findings = finding === null ? [] : [finding, ...also];
  const judged = withJudged(book, slices, book.dueAt);
  const over = { at: scene.now, text: why };
  const settled = settleFindings(judged, { reason, findings, over, isByFact: scene.isByFact }, scene);
  const tellAt = tellDueAt(settled.book, reason);
  const nearest = nearestOf(dueAt, tellAt === null ? undefined : dueWithin(tellAt, scene.now));
  const dueAts = withEntry(settled.book.dueAt, reason, nearest);
  return { book: withJudged(settled.book, settled.book.slices, dueAts), effects: settled.effects };
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
