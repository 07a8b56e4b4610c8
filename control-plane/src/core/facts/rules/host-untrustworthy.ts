// Rule `host-untrustworthy`: a host answered with another act than was asked for, or told of another act's end. Pure.
// Question and answer are compared where the answer comes in (core/shard/shard-answer.ts); nothing comes of such an answer.
// Automation on the host freezes at the first one, so that it is asked nothing more and nothing of it runs: the host cannot say this a
// second time before a person has looked and lifted the freeze, and that ends the finding. In shadow nothing freezes, and an hour ends it.
import { isShadowed } from "../../../policy/policy-for.ts";
import { placeNameOf } from "../../words/subject.ts";
import { withRecent } from "../recent-list.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "../rule.ts";
import type { AnsweredOtherwise, ShardFact } from "../shard-fact.ts";

/** Answers that are kept as evidence. */
export const ANSWERS_KEPT_MAX = 10;
/** In shadow: how long after the last such answer it is over. */
export const SHADOW_QUIET_MS = 3_600_000;

type Answers = readonly AnsweredOtherwise[];

const NO_ANSWERS: Answers = [];

function absorb(answers: Answers, fact: ShardFact): Answers {
  return fact.kind === "answered-otherwise" ? withRecent(answers, fact, ANSWERS_KEPT_MAX) : answers;
}

function prune(answers: Answers, { now, policy }: RuleScene): Answers {
  const last = answers.at(-1);
  if (last === undefined || !isShadowed(policy, "host-untrustworthy")) return answers;
  return now >= last.at + SHADOW_QUIET_MS ? NO_ANSWERS : answers;
}

function judge(answers: Answers, { policy, subject }: RuleScene): Judgement {
  const [first] = answers;
  const last = answers.at(-1);
  if (first === undefined || last === undefined) return QUIET;
  return {
    finding: {
      severity: "critical",
      title: `${placeNameOf(subject)} answers with another act than it was asked for`,
      evidence: answers.map(({ at, asked, answered }) => ({
        at,
        text: `asked for ${asked}, it answered with ${answered}: nothing came of it`,
      })),
      happenedAt: first.at,
      isRestartPointless: false,
      freezes: true,
    },
    nextAt: isShadowed(policy, "host-untrustworthy") ? last.at + SHADOW_QUIET_MS : null,
  };
}

export const hostUntrustworthy: FactRule<Answers> = {
  reason: "host-untrustworthy",
  scope: "service",
  kinds: ["answered-otherwise"],
  initial: NO_ANSWERS,
  absorb,
  judge,
  prune,
  isLiftedByPeople: true,
};
