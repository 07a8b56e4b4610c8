// Rule `self-inflicted`: a service that was well began to fail right after an act of automation on it: an act of ours, a
// restart by itself or by a watchdog, or a config change that no person made. Pure. Seed 001: a dead-man switch killed what
// it guarded. An act on a service that is failing already is a remediation and blames nobody here (it helps, or
// `remediation-ineffective` says that it did not). The finding freezes automation; it clears with health that holds, the
// freeze stays until a person lifts it.
// What a reader would get wrong: the first bad sign only says when it began. It is a failure by the rule of what fails: a
// check that `check-failing` would tell, as many sessions as `startup-death` wants, as many rejections as
// `credential-rejected`. One failed probe after a start is none. A session that fails is over when one ends well, or runs
// and has lived. And facts come in any order: an act is judged by when it ran, not by when its word came.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Policy } from "../../../policy/policy.ts";
import { nameOf } from "../../words/subject.ts";
import { followRuns, livedAt, RUN_KINDS, type Runs, runsIn } from "../lived-run.ts";
import { type FactRule, type Judgement, type RuleScene } from "../rule.ts";
import type {
  AnsweredOtherwise,
  OwnAttempt,
  PasskeysKnown,
  PasskeyUsed,
  ShardFact,
  TrustSaid,
} from "../shard-fact.ts";

/** A finding that no fact takes back ends after this long. */
export const BLAME_MAX_MS = 24 * 3_600_000;

type Doer = Extract<Fact, { kind: "restart" }>["by"];
/** What can be failing, each taken back by its own kind of fact. */
type Symptom = "health" | "session" | "credential-use";

interface Sign {
  readonly symptom: Symptom;
  readonly isBad: boolean;
  /** a credential was turned away: after a config change one such word is enough, for nothing about it is a matter of time */
  readonly isRejection: boolean;
  readonly at: number;
  readonly text: string;
}

interface Dated {
  readonly at: number;
  readonly text: string;
}

interface Blame {
  /** the newest act of automation while the service was well; `isChange`: its configuration was changed with it */
  readonly act: (Dated & { readonly isChange?: true }) | null;
  readonly failing: readonly Symptom[];
  /** the failure that followed the act */
  readonly failure: Dated | null;
  /** since when nothing is failing, after a failure that is blamed */
  readonly wellAt: number | null;
  /** the first sign of what is failing now. absent: nothing is */
  readonly began?: Dated;
  /** bad signs in a row since then, where they are counted. absent: none */
  readonly badCounts?: Readonly<Partial<Record<Symptom, number>>>;
  /** it fails by its own rule. absent: not yet */
  readonly isDown?: true;
  /** what runs since a session failed. absent: none did */
  readonly sessions?: { readonly badAt: number; readonly runs: Runs };
  /** the newest rejection of a credential, of what is failing now. absent: there is none */
  readonly rejectedAt?: number;
  /** since when it is well after it failed: what ran before then was a remedy. absent: nothing is known to have failed */
  readonly healedAt?: number;
}

const BLAMELESS: Blame = { act: null, failing: [], failure: null, wellAt: null };

function absorb(before: Blame, fact: ShardFact, scene: RuleScene): Blame {
  const blame = withRuns(before, fact, scene);
  if (fact.kind === "session-running" || fact.kind === "unit-run") return blame;
  if (fact.kind === "check-failed") return fact.isShared ? excused(blame) : withDown(blame, scene.policy);
  if (isOfSigning(fact)) return blame;
  const act = actOf(fact);
  if (act !== null) return scene.isAiling === true ? blame : withAct(blame, { at: fact.at, ...act }, scene);
  const sign = signOf(fact);
  return sign === null ? blame : withSign(blame, { ...sign, at: fact.at }, scene.policy);
}

/** What a host says of questions and signatures breaks nothing. */
function isOfSigning(fact: ShardFact): fact is AnsweredOtherwise | TrustSaid | PasskeyUsed | PasskeysKnown {
  return ["answered-otherwise", "trust-said", "passkey-used", "passkeys-known"].includes(fact.kind);
}

function withRuns(blame: Blame, fact: ShardFact, scene: RuleScene): Blame {
  const { sessions } = blame;
  if (fact.kind === "session" && fact.class !== null) {
    const badAt = Math.max(sessions?.badAt ?? 0, fact.at);
    return { ...blame, sessions: { badAt, runs: followRuns(sessions?.runs ?? runsIn(scene), fact) } };
  }
  if (sessions === undefined) return blame;
  const runs = followRuns(sessions.runs, fact);
  return runs === sessions.runs ? blame : { ...blame, sessions: { ...sessions, runs } };
}

/** When sessions are well again by one that runs; null: none of them failed, or none runs. */
function sessionLivedAt({ failing, sessions }: Blame, scene: RuleScene): number | null {
  if (sessions === undefined || !failing.includes("session")) return null;
  const lifetimeMs = scene.policy.rules["startup-death"].lifetime;
  return livedAt(sessions.runs, { fromAt: sessions.badAt, lifetimeMs }, scene);
}

/** What automation did; null: the fact is no act of automation. */
function actOf(fact: Fact | OwnAttempt): { readonly text: string; readonly isChange?: true } | null {
  if (fact.kind === "restart") return isToBlame(fact.by) ? { text: `restarted by ${fact.by}` } : null;
  if (fact.kind === "attempt")
    return isToBlame(fact.by) && fact.deniedCommand === undefined && !isBlameless(fact)
      ? { text: `${fact.action} by ${fact.by}: ${fact.outcome}` }
      : null;
  if (fact.kind !== "config-changed") return null;
  const isChanged = isToBlame(fact.by) || fact.by === "systemd";
  return isChanged ? { text: `${fact.path} was changed by ${fact.by}`, isChange: true } : null;
}

/** What the fact says of the service's health; null: nothing. */
function signOf(fact: Fact): Omit<Sign, "at"> | null {
  if (fact.kind === "health") {
    const sign = { symptom: "health", isBad: !fact.isHealthy, isRejection: false } as const;
    return { ...sign, text: "its checks began to fail" };
  }
  if (fact.kind === "session") {
    const sign = { symptom: "session", isBad: fact.class !== null } as const;
    return { ...sign, isRejection: fact.class === "auth", text: `a session failed: ${fact.class}` };
  }
  if (fact.kind !== "credential-use") return null;
  const sign = { symptom: "credential-use", isBad: !fact.isAccepted, isRejection: true } as const;
  return { ...sign, text: `${fact.credential} is rejected` };
}

function isBlameless(fact: OwnAttempt): boolean {
  return fact.isBlameless === true;
}

// systemd restarts what has died already: that is no cause. A person's act is a person's.
function isToBlame(by: Doer): boolean {
  return by === "countersign" || by === "watchdog" || by === "self";
}

// An act is no cause of what had begun before it, nor when it ran before the service was well again: then it is why it is well.
function withAct(blame: Blame, act: NonNullable<Blame["act"]>, { policy }: RuleScene): Blame {
  const { act: before, began, failing, failure, healedAt } = blame;
  const isTooLate = failing.length > 0 && (began === undefined || act.at > began.at);
  if (failure !== null || isTooLate || (healedAt !== undefined && act.at <= healedAt)) return blame;
  if (before !== null && before.at > act.at) return blame;
  const isWithChange = before?.isChange === true && act.at - before.at <= windowOf(policy);
  return blamed({ ...blame, act: isWithChange ? { ...act, isChange: true } : act }, policy);
}

function withSign(blame: Blame, sign: Sign, policy: Policy): Blame {
  return sign.isBad ? withBad(blame, sign, policy) : withGood(blame, sign);
}

// A session that ended well tells that it was accepted when it began: what was rejected since goes on.
function withGood(blame: Blame, { at, symptom }: Pick<Sign, "at" | "symptom">): Blame {
  if (!blame.failing.includes(symptom) || at < newestBadAt(blame, symptom)) return blame;
  const failing = blame.failing.filter((other) => other !== symptom);
  const { [symptom]: _over, ...badCounts } = blame.badCounts ?? {};
  if (failing.length > 0)
    return { ...blame, failing, ...(blame.badCounts === undefined ? {} : { badCounts }) };
  const { act, failure } = blame;
  return { act, failing, failure, wellAt: failure === null ? null : at, healedAt: at };
}

// Checks tell by themselves in the order in which they were seen.
function newestBadAt({ rejectedAt = 0, sessions }: Blame, symptom: Symptom): number {
  switch (symptom) {
    case "health":
      return 0;
    case "session":
      return sessions?.badAt ?? 0;
    case "credential-use":
      return rejectedAt;
  }
}

function withBad(before: Blame, sign: Sign, policy: Policy): Blame {
  const { at, symptom, text } = sign;
  const rejectedAt = Math.max(before.rejectedAt ?? 0, at);
  const blame = symptom === "credential-use" ? { ...before, rejectedAt } : before;
  const isKnown = blame.failing.includes(symptom);
  // A failure that is blamed, or known as one, is told already.
  if (isKnown && (blame.isDown === true || symptom === "health")) return blame;
  const failing = isKnown ? blame.failing : [...blame.failing, symptom];
  const count = (blame.badCounts?.[symptom] ?? 0) + 1;
  const began = blame.failing.length === 0 ? { at, text } : blame.began;
  const seen: Blame = {
    ...blame,
    failing,
    wellAt: null,
    ...(symptom === "health" ? {} : { badCounts: { ...blame.badCounts, [symptom]: count } }),
    ...(began === undefined ? {} : { began }),
  };
  return count >= badMin(seen, sign, policy) ? withDown(seen, policy) : seen;
}

// A check's failures are counted where they are reported (core/shard/remedy/failed-checks.ts).
function badMin(blame: Blame, { isRejection, symptom }: Sign, { rules }: Policy): number {
  if (isRejection && blame.act?.isChange === true) return 1;
  switch (symptom) {
    case "health":
      return Number.POSITIVE_INFINITY;
    case "session":
      return rules["startup-death"].sessionsMin;
    case "credential-use":
      return rules["credential-rejected"].rejectionsMin;
  }
}

function withDown(blame: Blame, policy: Policy): Blame {
  if (blame.isDown === true || blame.failing.length === 0) return blame;
  return blamed({ ...blame, isDown: true }, policy);
}

// What holds for others too is no doing of an act here.
function excused(blame: Blame): Blame {
  return blame.failure !== null || blame.act === null ? blame : { ...blame, act: null };
}

function blamed(blame: Blame, policy: Policy): Blame {
  const { began, failure, isDown } = blame;
  if (failure !== null || isDown !== true || began === undefined || !isRightAfter(blame, policy))
    return blame;
  return { ...blame, failure: began };
}

function isRightAfter({ act, began }: Blame, policy: Policy): boolean {
  if (act === null || began === undefined) return false;
  return began.at >= act.at && began.at - act.at <= windowOf(policy);
}

function windowOf({ rules }: Policy): number {
  return rules["self-inflicted"].window;
}

function judge(blame: Blame, scene: RuleScene): Judgement {
  const { now, policy, subject } = scene;
  const { act, failure } = blame;
  const endAt = endsAt(blame, policy);
  const well = sessionLivedAt(blame, scene);
  const nextAt = endAt === null || well === null ? (endAt ?? well) : Math.min(endAt, well);
  if (failure === null || act === null || endAt === null || now >= endAt) return { finding: null, nextAt };
  return {
    finding: {
      severity: "critical",
      title: `Automation broke ${nameOf(subject)}`,
      evidence: [
        { at: act.at, text: act.text },
        { at: failure.at, text: `${formatDuration(failure.at - act.at)} later: ${failure.text}` },
      ],
      happenedAt: failure.at,
      isRestartPointless: false,
      freezes: true,
    },
    nextAt,
  };
}

// When the memory of act, failure or recovery is over; null: there is none. The memory of what fails ends with the failure.
function endsAt(blame: Blame, policy: Policy): number | null {
  const { act, began, failure, healedAt, wellAt } = blame;
  if (failure !== null) {
    const lastAt = failure.at + BLAME_MAX_MS;
    return wellAt === null ? lastAt : Math.min(lastAt, wellAt + policy.verify.stabilityMs);
  }
  if (act !== null && began !== undefined && isRightAfter(blame, policy)) return began.at + BLAME_MAX_MS;
  // A millisecond more than the window: a failure exactly a window after the act still counts.
  const pastAt = Math.max(act?.at ?? 0, healedAt ?? 0);
  return pastAt === 0 ? null : pastAt + windowOf(policy) + 1;
}

function prune(before: Blame, scene: RuleScene): Blame {
  const { now, policy } = scene;
  const well = sessionLivedAt(before, scene);
  const isLived = well !== null && now >= well;
  const blame = isLived ? withGood(before, { symptom: "session", at: well }) : before;
  const endAt = endsAt(blame, policy);
  if (endAt === null || now < endAt) return blame;
  const { healedAt: _past, ...rest } = blame;
  return settled({ ...rest, act: null, failure: null, wellAt: null });
}

function settled(blame: Blame): Blame {
  return blame.act === null && blame.failure === null && blame.failing.length === 0 ? BLAMELESS : blame;
}

export const selfInflicted: FactRule<Blame> = {
  reason: "self-inflicted",
  scope: "service",
  kinds: [
    "restart",
    "attempt",
    "config-changed",
    "health",
    "session",
    "credential-use",
    "check-failed",
    ...RUN_KINDS,
  ],
  initial: BLAMELESS,
  absorb,
  judge,
  prune,
  // Dead sessions and rejections come by hundreds, and each is newer than the one before.
  learned: {
    keeps: ({ rejectedAt: _newest, sessions, ...rest }) => ({ ...rest, runs: sessions?.runs }),
    resume: (blame) => blame,
  },
};
