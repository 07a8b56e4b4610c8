// Rule `config-thrash`: one watched config file changed more often than allowed in a rolling window, by anyone. Pure. Seed 001: a
// fallback script and the real configuration overwrote each other every five minutes. If automation made any of these
// changes, automation on the subject freezes; people who edit a file four times in an hour freeze nothing.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { recentOf } from "../recent-list.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "./rule.ts";

/** Changes of all files of one subject that are kept beyond the bound of one file. */
export const CHANGES_SPARE_MAX = 64;
const CHANGES_SHOWN_MAX = 8;

interface Change {
  readonly at: number;
  readonly path: string;
  readonly by: Extract<Fact, { kind: "config-changed" }>["by"];
}

type Changes = readonly Change[];

const NO_CHANGES: Changes = [];

function absorb(changes: Changes, fact: Fact, { now, policy }: RuleScene): Changes {
  if (fact.kind !== "config-changed") return changes;
  const { changesMax, window } = policy.rules["config-thrash"];
  if (fact.at <= now - window) return changes;
  const change: Change = { at: fact.at, path: fact.path, by: fact.by };
  const kept = [...recentOf(changes, now, window), change].sort((left, right) => left.at - right.at);
  return kept.slice(-(changesMax + CHANGES_SPARE_MAX));
}

function prune(changes: Changes, { now, policy }: RuleScene): Changes {
  const kept = recentOf(changes, now, policy.rules["config-thrash"].window);
  return kept.length === 0 ? NO_CHANGES : kept;
}

function judge(changes: Changes, { now, policy, subject }: RuleScene): Judgement {
  const { changesMax, window } = policy.rules["config-thrash"];
  const recent = recentOf(changes, now, window);
  const [oldest] = recent;
  if (oldest === undefined) return QUIET;
  const nextAt = oldest.at + window;
  const path = [...new Set(recent.map((change) => change.path))].find(
    (candidate) => recent.filter((change) => change.path === candidate).length > changesMax,
  );
  if (path === undefined) return { finding: null, nextAt };
  const ofPath = recent.filter((change) => change.path === path);
  const count = `${ofPath.length} changes in the last ${formatDuration(window)} (allowed: ${changesMax})`;
  return {
    finding: {
      severity: "error",
      alike: path,
      title: `The configuration of ${nameOf(subject)} does not come to rest`,
      evidence: [
        ...ofPath
          .slice(-CHANGES_SHOWN_MAX)
          .map(({ at, by }) => ({ at, text: `${path} was changed by ${by}` })),
        { at: now, text: count },
      ],
      happenedAt: ofPath[0]?.at ?? oldest.at,
      isRestartPointless: false,
      freezes: ofPath.some(({ by }) => by !== "person" && by !== "unknown"),
    },
    nextAt,
  };
}

export const configThrash: FactRule<Changes> = {
  reason: "config-thrash",
  scope: "service",
  kinds: ["config-changed"],
  initial: NO_CHANGES,
  absorb,
  judge,
  prune,
};
