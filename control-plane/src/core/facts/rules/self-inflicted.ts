// Rule `self-inflicted`: a service that was well began to fail right after an act of automation on it: an act of ours, a restart
// by itself or by a watchdog, or a config change that no person made. Pure. Seed 001: a dead-man switch killed what it guarded.
// An act on a service that is failing already is a remediation and blames nobody here (it helps, or `remediation-ineffective` says
// that it did not). The finding freezes automation; it clears with health that holds, the freeze stays until a person lifts it.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Policy } from "../../../policy/policy.ts";
import { nameOf } from "../../words/subject.ts";
import { type FactRule, type Judgement, type RuleScene } from "./rule.ts";

/** A finding that no fact takes back ends after this long. */
export const BLAME_MAX_MS = 24 * 3_600_000;

type Doer = Extract<Fact, { kind: "restart" }>["by"];
/** What can be failing, each taken back by its own kind of fact. */
type Symptom = "health" | "session" | "credential-use";

interface Sign {
  readonly symptom: Symptom;
  readonly isBad: boolean;
  readonly at: number;
  readonly text: string;
}

interface Blame {
  /** the newest act of automation while the service was well */
  readonly act: { readonly at: number; readonly text: string } | null;
  readonly failing: readonly Symptom[];
  /** the failure that followed the act */
  readonly failure: { readonly at: number; readonly text: string } | null;
  /** since when nothing is failing, after a failure that is blamed */
  readonly wellAt: number | null;
}

const BLAMELESS: Blame = { act: null, failing: [], failure: null, wellAt: null };

function absorb(blame: Blame, fact: Fact, { policy }: RuleScene): Blame {
  const act = actOf(fact);
  if (act !== null) return withAct(blame, fact.at, act);
  const sign = signOf(fact);
  return sign === null ? blame : withSign(blame, { ...sign, at: fact.at }, policy);
}

/** What automation did; null: the fact is no act of automation. */
function actOf(fact: Fact): string | null {
  if (fact.kind === "restart") return isAutomation(fact.by) ? `restarted by ${fact.by}` : null;
  if (fact.kind === "attempt")
    return isAutomation(fact.by) && fact.deniedCommand === undefined
      ? `${fact.action} by ${fact.by}: ${fact.outcome}`
      : null;
  if (fact.kind !== "config-changed") return null;
  return isAutomation(fact.by) || fact.by === "systemd" ? `${fact.path} was changed by ${fact.by}` : null;
}

/** What the fact says of the service's health; null: nothing. */
function signOf(fact: Fact): Omit<Sign, "at"> | null {
  if (fact.kind === "health")
    return { symptom: "health", isBad: !fact.isHealthy, text: "its checks began to fail" };
  if (fact.kind === "session")
    return { symptom: "session", isBad: fact.class !== null, text: `a session failed: ${fact.class}` };
  if (fact.kind !== "credential-use") return null;
  return { symptom: "credential-use", isBad: !fact.isAccepted, text: `${fact.credential} is rejected` };
}

// systemd restarts what has died already: that is no cause. A person's act is a person's.
function isAutomation(by: Doer): boolean {
  return by === "countersign" || by === "watchdog" || by === "self";
}

function withAct(blame: Blame, at: number, text: string): Blame {
  return blame.failing.length > 0 || blame.failure !== null ? blame : { ...blame, act: { at, text } };
}

function withSign(blame: Blame, { symptom, isBad, at, text }: Sign, policy: Policy): Blame {
  const isKnown = blame.failing.includes(symptom);
  if (isKnown === isBad) return blame;
  const failing = isBad ? [...blame.failing, symptom] : blame.failing.filter((other) => other !== symptom);
  if (!isBad) {
    if (failing.length > 0) return { ...blame, failing };
    return blame.failure === null ? settled({ ...blame, failing }) : { ...blame, failing, wellAt: at };
  }
  const isBlamed = blame.failure === null && blame.failing.length === 0 && isRightAfter(blame, at, policy);
  return { ...blame, failing, wellAt: null, failure: isBlamed ? { at, text } : blame.failure };
}

function isRightAfter({ act }: Blame, at: number, { rules }: Policy): boolean {
  return act !== null && at >= act.at && at - act.at <= rules["self-inflicted"].window;
}

function judge(blame: Blame, { now, policy, subject }: RuleScene): Judgement {
  const { act, failure } = blame;
  const nextAt = endsAt(blame, policy);
  if (failure === null || act === null || nextAt === null || now >= nextAt) return { finding: null, nextAt };
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

// When the memory of act or failure is over; null: there is none.
function endsAt({ act, failure, wellAt }: Blame, { rules, verify }: Policy): number | null {
  if (failure !== null) {
    const lastAt = failure.at + BLAME_MAX_MS;
    return wellAt === null ? lastAt : Math.min(lastAt, wellAt + verify.stabilityMs);
  }
  // A millisecond more than the window: a failure exactly a window after the act still counts.
  return act === null ? null : act.at + rules["self-inflicted"].window + 1;
}

function prune(blame: Blame, { now, policy }: RuleScene): Blame {
  const endAt = endsAt(blame, policy);
  return endAt === null || now < endAt
    ? blame
    : settled({ ...blame, act: null, failure: null, wellAt: null });
}

function settled(blame: Blame): Blame {
  return blame.act === null && blame.failure === null && blame.failing.length === 0 ? BLAMELESS : blame;
}

export const selfInflicted: FactRule<Blame> = {
  reason: "self-inflicted",
  scope: "service",
  kinds: ["restart", "attempt", "config-changed", "health", "session", "credential-use"],
  initial: BLAMELESS,
  absorb,
  judge,
  prune,
};
