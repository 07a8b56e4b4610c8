// Rule `remediation-stuck`: some remediation, ours or any other automation's, ended the same way several times in a row
// without recovery. Pure. In seed 000 that was 205 records of one refusal in three days: here it is one incident whose
// severity rises. Recovered means that it stayed well for as long as it must; a service that is back for seven minutes has
// not recovered, and the count goes on. The second source of the reason, one healer that fails alike on several hosts, is in
// shared-healer.ts. Once it is stuck, another kind of failure does not make it less so.
import type { Fact } from "@countersign/shared/wire/fact";
import type { Policy } from "../../../policy/policy.ts";
import { nameOf, type Subject } from "../../words/subject.ts";
import { likenessOf } from "../outcome-likeness.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** After this long without an attempt nobody is stuck any more: whoever tried has stopped, and other rules see the failure. */
export const ATTEMPTS_QUIET_MS = 24 * 3_600_000;
/** From this multiple of the bound on it is critical. */
const CRITICAL_FACTOR = 4;

type Attempt = Extract<Fact, { kind: "attempt" }>;

interface Stuck {
  readonly action: string;
  readonly outcome: string;
  readonly by: Attempt["by"];
  /** identical outcomes in a row; once stuck, all attempts since the first */
  readonly count: number;
  readonly isStuck: boolean;
  readonly firstAt: number;
  readonly lastAt: number;
  /** since when the service is healthy; null: it is not, or nothing is known */
  readonly healthyAt: number | null;
}

type Slice = Stuck | null;

function absorb(before: Slice, fact: Fact, scene: RuleScene): Slice {
  const { policy } = scene;
  const slice = before !== null && isOver(before, fact.at, policy) ? null : before;
  if (fact.kind === "attempt") return fact.isHelpful ? null : withAttempt(slice, fact, scene);
  if (fact.kind !== "health" || slice === null) return slice;
  return { ...slice, healthyAt: fact.isHealthy ? fact.at : null };
}

function withAttempt(slice: Slice, fact: Attempt, { policy, subject }: RuleScene): Stuck {
  const { identicalMin } = policy.rules["remediation-stuck"];
  const { action, outcome, by, at } = fact;
  const isInRow = slice !== null && (slice.isStuck || isIdentical(slice, fact, subject));
  const count = isInRow ? slice.count + 1 : 1;
  return {
    action,
    outcome,
    by,
    count,
    isStuck: count >= identicalMin,
    firstAt: isInRow ? slice.firstAt : at,
    lastAt: at,
    healthyAt: slice?.healthyAt ?? null,
  };
}

function judge(slice: Slice, { policy, subject, now }: RuleScene): Judgement {
  if (slice === null || isOver(slice, now, policy)) return QUIET;
  const nextAt = overAt(slice, policy);
  const { identicalMin } = policy.rules["remediation-stuck"];
  if (!slice.isStuck) return { finding: null, nextAt };
  const { action, outcome, by, count, firstAt, lastAt } = slice;
  return {
    finding: {
      severity: count >= identicalMin * CRITICAL_FACTOR ? "critical" : "error",
      title: `Automation on ${nameOf(subject)} is stuck`,
      evidence: [
        { at: firstAt, text: "the first of these attempts" },
        { at: lastAt, text: `${count} attempts without recovery, the last by ${by}: ${action}` },
        { at: lastAt, text: `each ends so: ${outcome}` },
      ],
      happenedAt: firstAt,
      isRestartPointless: false,
      freezes: false,
    },
    nextAt,
  };
}

function isIdentical(slice: Stuck, { action, outcome }: Attempt, subject: Subject): boolean {
  return slice.action === action && likenessOf(slice.outcome, subject) === likenessOf(outcome, subject);
}

function overAt({ lastAt, healthyAt }: Stuck, { verify }: Policy): number {
  const quietAt = lastAt + ATTEMPTS_QUIET_MS;
  return healthyAt === null ? quietAt : Math.min(quietAt, healthyAt + verify.stabilityMs);
}

function isOver(slice: Stuck, at: number, policy: Policy): boolean {
  return at >= overAt(slice, policy);
}

export const remediationStuck: FactRule<Slice> = {
  reason: "remediation-stuck",
  scope: "service",
  kinds: ["attempt", "health"],
  initial: null,
  absorb,
  judge,
  prune: (slice, { now, policy }) => (slice !== null && isOver(slice, now, policy) ? null : slice),
};
