// Rule `stale-code`: the code on disk has been newer than the running process for too long. Pure. Seed 004: a sync rebuilt 1,266
// commits, its restart was denied, and the old process ran on for eight hours until it killed its successor.
// It is no failure yet, and that is the point: a person chooses the moment of the restart, before something else does.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { clockOf } from "../../words/clock-text.ts";
import { nameOf } from "../../words/subject.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** The code that does not run yet; null: what runs is what stands on disk. */
type Stale = { readonly diskChangedAt: number; readonly runningSinceAt: number } | null;

function absorb(stale: Stale, fact: Fact): Stale {
  if (fact.kind === "restart") return stale !== null && fact.at >= stale.diskChangedAt ? null : stale;
  if (fact.kind !== "code") return stale;
  const { diskChangedAt, runningSinceAt } = fact;
  if (diskChangedAt <= runningSinceAt) return null;
  const isSame = stale?.diskChangedAt === diskChangedAt && stale.runningSinceAt === runningSinceAt;
  return isSame ? stale : { diskChangedAt, runningSinceAt };
}

function judge(stale: Stale, { now, policy, subject }: RuleScene): Judgement {
  if (stale === null) return QUIET;
  const { diskChangedAt, runningSinceAt } = stale;
  const { after } = policy.rules["stale-code"];
  if (now < diskChangedAt + after) return { finding: null, nextAt: diskChangedAt + after };
  return {
    finding: {
      severity: "error",
      title: `${nameOf(subject)} runs old code`,
      evidence: [
        { at: runningSinceAt, text: "the running process was started" },
        { at: diskChangedAt, text: "the code on disk changed after that" },
        {
          at: now,
          text: `not restarted within ${formatDuration(after)} of ${clockOf(diskChangedAt)} UTC: choose the moment yourself`,
        },
      ],
      happenedAt: diskChangedAt,
      isRestartPointless: false,
      freezes: false,
    },
    nextAt: null,
  };
}

export const staleCode: FactRule<Stale> = {
  reason: "stale-code",
  scope: "service",
  kinds: ["code", "restart"],
  initial: null,
  absorb,
  judge,
};
