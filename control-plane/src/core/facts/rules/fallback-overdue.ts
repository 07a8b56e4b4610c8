// Rule `fallback-overdue`: a service has run on its fallback longer than `after`, whatever its health; severity rises with each
// further `after`. Pure. In seed 000 the fallback worked so well that nobody looked for three days.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Severity } from "@countersign/shared/wire/service-report";
import { nameOf } from "../../words/subject.ts";
import { type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "../rule.ts";

interface ActiveFallback extends Named {
  readonly sinceAt: number;
}

type ActiveFallbacks = readonly ActiveFallback[];

const NONE_ACTIVE: ActiveFallbacks = [];
/** Fallbacks remembered for one service. */
export const FALLBACKS_MAX = 8;
/** By how many times `after` has passed. */
const SEVERITIES: readonly Severity[] = ["warning", "error", "critical"];

function absorb(active: ActiveFallbacks, fact: Fact): ActiveFallbacks {
  if (fact.kind !== "fallback") return active;
  const before = namedIn(active, fact.fallback);
  if (fact.isActive === (before !== undefined)) return active;
  if (fact.isActive) return withNamed(active, { name: fact.fallback, sinceAt: fact.at }, FALLBACKS_MAX);
  const kept = active.filter((fallback) => fallback !== before);
  return kept.length === 0 ? NONE_ACTIVE : kept;
}

function judge(active: ActiveFallbacks, { now, policy, subject }: RuleScene): Judgement {
  const { after } = policy.rules["fallback-overdue"];
  const longestFirst = active.toSorted((left, right) => left.sinceAt - right.sinceAt);
  const dueAt = longestFirst.flatMap(({ sinceAt }) =>
    SEVERITIES.map((_, step) => sinceAt + (step + 1) * after),
  );
  const nextAt = dueAt.filter((at) => at > now).toSorted((left, right) => left - right)[0] ?? null;
  const overdue = longestFirst.filter(({ sinceAt }) => now >= sinceAt + after);
  const [longest] = overdue;
  if (longest === undefined) return { ...QUIET, nextAt };
  const steps = Math.floor((now - longest.sinceAt) / after);
  return {
    finding: {
      severity: SEVERITIES[Math.min(steps, SEVERITIES.length) - 1] ?? "critical",
      title: `${nameOf(subject)} still runs on its fallback: ${namesInWords(overdue)}`,
      evidence: overdue.map(({ name, sinceAt }) => ({
        at: sinceAt,
        text: `on fallback ${name} for ${formatDuration(now - sinceAt)}; allowed: ${formatDuration(after)}`,
      })),
      happenedAt: longest.sinceAt,
      isRestartPointless: false,
      freezes: false,
    },
    nextAt,
  };
}

export const fallbackOverdue: FactRule<ActiveFallbacks> = {
  reason: "fallback-overdue",
  scope: "service",
  kinds: ["fallback"],
  initial: NONE_ACTIVE,
  absorb,
  judge,
};
