// Rule `memory-pressure`: the kernel or systemd-oomd killed it for memory, or all its work stood still for memory longer than
// allowed (PSI `full`, Documentation/accounting/psi.rst). Pure. Seed 003: a restart button was clicked against memory pressure.
// While it fires nothing of restart class is proposed: restarting is not the fix. CPU and IO pressure are no causes here.
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { recentChangesAt, recentOf, withRecent } from "../recent-list.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** Signs of pressure kept for the evidence. */
export const SIGNS_MAX = 9;

interface Sign {
  readonly at: number;
  readonly text: string;
  readonly isKill: boolean;
}

type Signs = readonly Sign[];

const NO_SIGNS: Signs = [];

function absorb(signs: Signs, fact: Fact, { now, policy }: RuleScene): Signs {
  const { fullAvg10Max, window } = policy.rules["memory-pressure"];
  const sign = signOf(fact, fullAvg10Max);
  if (sign === null || sign.at <= now - window) return signs;
  return withRecent(recentOf(signs, now, window), sign, SIGNS_MAX);
}

function signOf(fact: Fact, fullAvg10Max: number): Sign | null {
  if (fact.kind === "oom-kill") return { at: fact.at, text: `killed for memory by ${fact.by}`, isKill: true };
  if (fact.kind !== "pressure" || fact.resource !== "memory" || fact.fullAvg10 <= fullAvg10Max) return null;
  const text = `stood still for memory ${fact.fullAvg10} % of 10 s (allowed: ${fullAvg10Max} %)`;
  return { at: fact.at, text, isKill: false };
}

function prune(signs: Signs, { now, policy }: RuleScene): Signs {
  const kept = recentOf(signs, now, policy.rules["memory-pressure"].window);
  return kept.length === 0 ? NO_SIGNS : kept;
}

function judge(signs: Signs, { now, policy, subject }: RuleScene): Judgement {
  const { window } = policy.rules["memory-pressure"];
  const recent = recentOf(signs, now, window);
  const [first] = recent;
  if (first === undefined) return QUIET;
  return {
    finding: {
      severity: recent.some(({ isKill }) => isKill) ? "critical" : "error",
      title: `${nameOf(subject)} is out of memory`,
      evidence: [
        ...recent.map(({ at, text }) => ({ at, text })),
        { at: now, text: "restarting is not the fix: find what takes the memory" },
      ],
      happenedAt: first.at,
      isRestartPointless: true,
      failureClass: "memory",
      freezes: false,
    },
    nextAt: recentChangesAt(recent, window),
  };
}

export const memoryPressure: FactRule<Signs> = {
  reason: "memory-pressure",
  scope: "service",
  kinds: ["oom-kill", "pressure"],
  initial: NO_SIGNS,
  absorb,
  judge,
  prune,
  // Kills are worth a row each; pressure that goes on is told again.
  learned: {
    keeps: (signs) => [signs.length > 0, ...signs.filter(({ isKill }) => isKill).map(({ at }) => at)],
    resume: (signs) => signs,
  },
};
