// Rule `evidence-unreadable`: what a host is to watch of a service has not been readable for `after`: it never worked, or it
// stopped. Pure. Nothing is down by that, so it is a warning and a notice; but what is blind would see no failure, so it
// pages. A reading that works again, or is asked for no more, ends it. What may not be read for want of a permission is
// `privilege-gap`, which has the command.
// What a reader would get wrong: while the host is away nothing is known. That is no recovery of what fires, and no time
// that a reading failed.
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import type { FactBook } from "../fact-book.ts";
import { missingDueAt } from "../missing-data.ts";
import { alikeIn, type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** A kind of evidence that cannot be read; its name is the fact's `source`. */
export interface Unread extends Named {
  readonly sinceAt: number;
  /** why, in the host's words */
  readonly detail: string;
  /** for long enough: from now on only a reading that works ends it. absent: not yet */
  readonly isDue?: true;
}

type Unreads = readonly Unread[];

const ALL_READ: Unreads = [];
/** Kinds of evidence remembered for one service. */
export const UNREAD_MAX = 16;

/** The kinds that the agent tells, as people say them; `credentials` are called that. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["ledger", "ledger file"],
  ["counters", "work counters"],
  ["code", "code files"],
  ["config", "configuration files"],
  ["fallbacks", "fallback markers"],
  ["heartbeats", "declared heartbeats"],
  ["memory", "memory figures"],
  ["unit", "parts of the unit"],
]);

function absorb(unreads: Unreads, fact: Fact): Unreads {
  if (fact.kind !== "reading") return unreads;
  const { source: name, detail, at } = fact;
  const before = namedIn(unreads, name);
  if (fact.isWell) {
    if (before === undefined) return unreads;
    return unreads.length === 1 ? ALL_READ : unreads.filter((unread) => unread !== before);
  }
  if (before === undefined) return withNamed(unreads, { name, sinceAt: at, detail }, UNREAD_MAX);
  if (before.detail === detail) return unreads;
  return unreads.map((unread) => (unread === before ? { ...unread, detail } : unread));
}

// Asked before each judgement: what is due stays so, whatever becomes of the host.
function markDue(unreads: Unreads, scene: RuleScene): Unreads {
  const isNewlyDue = (unread: Unread) => unread.isDue !== true && scene.now >= dueAtOf(unread, scene);
  if (!unreads.some(isNewlyDue)) return unreads;
  return unreads.map((unread) => (isNewlyDue(unread) ? { ...unread, isDue: true } : unread));
}

function dueAtOf({ sinceAt }: Unread, scene: RuleScene): number {
  return missingDueAt(sinceAt, scene.policy.rules["evidence-unreadable"].after, scene);
}

function judge(unreads: Unreads, scene: RuleScene): Judgement {
  const due = unreads.filter(({ isDue }) => isDue === true);
  const waiting = unreads.filter(({ isDue }) => isDue !== true);
  const nextAt = waiting.length === 0 ? null : Math.min(...waiting.map((unread) => dueAtOf(unread, scene)));
  if (due.length === 0) return { ...QUIET, nextAt };
  return { finding: findingOf(due, scene), nextAt };
}

function findingOf(due: Unreads, { now, subject }: RuleScene): Finding {
  const oldestFirst = due.toSorted((left, right) => left.sinceAt - right.sinceAt);
  const [oldest] = oldestFirst;
  const kinds = namesInWords(oldestFirst.map(({ name }) => ({ name: inWords(name) })));
  const why = due.length === 1 && oldest !== undefined && oldest.detail !== "" ? `: ${oldest.detail}` : "";
  return {
    severity: "warning",
    ...alikeIn(due),
    title: `Cannot read the ${kinds} of ${nameOf(subject)}${why}`,
    // Another reason for the same is no news by itself.
    count: due.length,
    evidence: oldestFirst.slice(0, 10).map(({ name, detail, sinceAt }) => ({
      at: sinceAt,
      text: `${inWords(name)}: ${detail === "" ? "cannot be read" : detail}`,
    })),
    happenedAt: oldest?.sinceAt ?? now,
    isRestartPointless: false,
    freezes: false,
  };
}

/** What cannot be read now, of the service of a book, and under which name people know it; due or not. */
export function unreadIn({ slices }: FactBook): readonly Unread[] {
  const unreads = (slices["evidence-unreadable"] as Unreads | undefined) ?? ALL_READ;
  return unreads.map((unread) => ({ ...unread, name: inWords(unread.name) }));
}

function inWords(kind: string): string {
  return KINDS.get(kind) ?? kind;
}

export const evidenceUnreadable: FactRule<Unreads> = {
  reason: "evidence-unreadable",
  scope: "service",
  kinds: ["reading"],
  initial: ALL_READ,
  absorb,
  judge,
  prune: markDue,
};
