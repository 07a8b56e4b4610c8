// Rule `privilege-gap`: somebody who is to act may not: the audit says that a catalogue action cannot be executed, or an
// attempt failed because a command was denied. Pure. Seed 000: a watcher knew the fix and was not allowed to apply it, for
// three days. The page carries the command as the host tells it: of one service on one host, and never of level 5, for what
// is not to be done lightly is not handed to somebody who was just woken. A gap that the audit found stays until the audit
// finds it closed; one that an attempt found stays until an attempt of the same doer runs, or nobody has tried for long.
// What a reader would get wrong: the command is the host's text, and the desk asks nobody to run it but where it has the
// form of a remedy of ours; whoever was denied did not always know the fix. What is asked for at level 5 is told as asked
// for.
import { isReadRemedy } from "@countersign/shared/host/read-remedy";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Evidence } from "../../words/signal.ts";
import { nameOf } from "../../words/subject.ts";
import type { FactBook } from "../fact-book.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** A denied attempt that is not tried again for this long is no gap any more. */
export const DENIED_QUIET_MS = 24 * 3_600_000;
/** Gaps kept for one subject; the oldest falls off. */
export const GAPS_MAX = 16;
/** By this name a gap is about reading, and its command mends it (edge-agent/src/core/evidence/evidence-book.ts). */
const READ_ACTION = "read-evidence";

/** Gaps named on one page, with two lines each. */
const GAPS_SHOWN_MAX = 4;

/** The level of what is never handed to a person as a command. */
const WITHHELD_LEVEL = 5;

export interface Gap {
  readonly action: string;
  /** who may not: the doer of the attempt, or `audit` for our own actuator */
  readonly who: string;
  readonly command: string;
  /** it is of level 5: its command stands on no page. absent: of a lower one, or of none that is known */
  readonly isWithheld?: true;
  readonly sinceAt: number;
  readonly lastAt: number;
}

type Gaps = readonly Gap[];

const NO_GAPS: Gaps = [];

function absorb(gaps: Gaps, fact: Fact, scene: RuleScene): Gaps {
  if (fact.kind === "privilege") {
    const { action, command, at } = fact;
    const gap = { action, who: "audit", ...commandOf(action, command, scene), sinceAt: at, lastAt: at };
    return fact.isExecutable ? withoutGap(gaps, gap) : withGap(gaps, gap);
  }
  if (fact.kind !== "attempt") return gaps;
  const { action, by: who, deniedCommand: command, at } = fact;
  const gap = { action, who, ...commandOf(action, command ?? "", scene), sinceAt: at, lastAt: at };
  return command === undefined || fact.isHelpful ? withoutGap(gaps, gap) : withGap(gaps, gap);
}

function commandOf(
  action: string,
  command: string,
  { levelOf }: RuleScene,
): Pick<Gap, "command" | "isWithheld"> {
  const level = levelOf?.(action) ?? null;
  return level === WITHHELD_LEVEL ? { command: "", isWithheld: true } : { command };
}

function judge(gaps: Gaps, { now, subject }: RuleScene): Judgement {
  const open = openGaps(gaps, now);
  const [first] = open;
  if (first === undefined) return QUIET;
  const denied = open.filter(({ who }) => who !== "audit");
  const finding: Finding = {
    severity: denied.length > 0 ? "critical" : "error",
    title: titleOf(denied, nameOf(subject)),
    evidence: [...open.filter(({ who }) => who === "audit"), ...denied]
      .slice(-GAPS_SHOWN_MAX)
      .flatMap(evidenceOf),
    happenedAt: Math.min(...open.map(({ sinceAt }) => sinceAt)),
    isRestartPointless: false,
    freezes: false,
  };
  const nextAt =
    denied.length === 0 ? null : Math.min(...denied.map(({ lastAt }) => lastAt)) + DENIED_QUIET_MS;
  return { finding, nextAt };
}

function titleOf(denied: Gaps, name: string): string {
  if (denied.length === 0) return `An action on ${name} is not permitted`;
  const isFix = denied.some(({ isWithheld }) => isWithheld !== true);
  return isFix ? `The fix of ${name} was not permitted` : `What was asked for on ${name} was not permitted`;
}

/** The audit found that the agent may not read what it is to watch; an attempt of that name is none. */
export function isReadingGap({ action, who }: Gap): boolean {
  return who === "audit" && action === READ_ACTION;
}

/**
 * What a person is asked to run as root, so that it can be read; null: the host's text is no remedy of ours, and its doctor
 * says what to do.
 */
export function readRemedyOf({ command }: Gap): string | null {
  return isReadRemedy(command) ? command : null;
}

function evidenceOf(gap: Gap): readonly Evidence[] {
  const { action, isWithheld, lastAt, sinceAt, who } = gap;
  const text =
    who === "audit"
      ? `the audit: ${action} cannot be executed`
      : `${who} tried ${action} and was denied for want of privilege`;
  const last: Evidence =
    isWithheld === true
      ? {
          at: lastAt,
          text: `${action} is of level ${WITHHELD_LEVEL}: its command stands in the host's catalogue`,
        }
      : { at: lastAt, ...commandText(gap) };
  return [{ at: sinceAt, text }, last];
}

function commandText(gap: Gap): Pick<Evidence, "isCommand" | "text"> {
  if (!isReadingGap(gap)) return { text: `it would run, as the host says: ${gap.command}`, isCommand: true };
  const remedy = readRemedyOf(gap);
  return remedy === null
    ? { text: "to be run on the host by a person, as root: countersign-agent doctor" }
    : { text: `to be run by a person: ${remedy}`, isCommand: true };
}

/** What is not permitted now, of the service of a book. */
export function gapsIn({ slices }: FactBook, now: number): readonly Gap[] {
  return openGaps((slices["privilege-gap"] as Gaps | undefined) ?? NO_GAPS, now);
}

function withGap(gaps: Gaps, gap: Gap): Gaps {
  const before = gaps.find((known) => isSameGap(known, gap));
  if (before?.who === "audit" && before.command === gap.command) return gaps;
  const others = gaps.filter((known) => known !== before);
  return [...others, { ...gap, sinceAt: before?.sinceAt ?? gap.sinceAt }].slice(-GAPS_MAX);
}

function withoutGap(gaps: Gaps, closed: Gap): Gaps {
  const kept = gaps.filter((known) => !isSameGap(known, closed));
  if (kept.length === gaps.length) return gaps;
  return kept.length === 0 ? NO_GAPS : kept;
}

function isSameGap(left: Gap, right: Gap): boolean {
  return left.action === right.action && left.who === right.who;
}

function openGaps(gaps: Gaps, now: number): Gaps {
  const open = gaps.filter(({ who, lastAt }) => who === "audit" || now < lastAt + DENIED_QUIET_MS);
  if (open.length === gaps.length) return gaps;
  return open.length === 0 ? NO_GAPS : open;
}

export const privilegeGap: FactRule<Gaps> = {
  reason: "privilege-gap",
  scope: "service",
  kinds: ["privilege", "attempt"],
  initial: NO_GAPS,
  absorb,
  judge,
  prune: (gaps, { now }) => openGaps(gaps, now),
};
