// Rule `config-thrash`: one watched config file changed more often than allowed in a rolling window, by anyone; or what was
// changed by hand was taken back within a day. Pure. Seed 001: a fallback script and the real configuration overwrote each
// other every five minutes.
// What a reader would get wrong: only the first freezes, and only if automation made any of these changes. To take one
// change back is what a configuration tool is for: a person must know of it, and nothing is to be stopped.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import {
  type Changes,
  isAutomation,
  pathsOf,
  saysAllAts,
  type TakenBack,
  takenBackIn,
  withChange,
  withoutOld,
} from "../config-changes.ts";
import { recentOf } from "../recent-list.ts";
import type { FactRule, Finding, Judgement, RuleScene } from "../rule.ts";

/** Changes of all files of one subject that are kept beyond the bound of one file. */
export const CHANGES_SPARE_MAX = 64;
const CHANGES_SHOWN_MAX = 8;
/** Files that a finding about changes taken back shows, two lines each. */
const FILES_SHOWN_MAX = 5;

const NO_CHANGES: Changes = [];

function absorb(changes: Changes, fact: Fact, scene: RuleScene): Changes {
  if (fact.kind !== "config-changed") return changes;
  const { changesMax, takenBackWithin, window } = scene.policy.rules["config-thrash"];
  if (fact.at <= scene.now - Math.max(window, takenBackWithin)) return changes;
  const taken = withChange(changes, fact);
  return taken === changes ? changes : youngOf(taken, scene).slice(-(changesMax + CHANGES_SPARE_MAX));
}

function prune(changes: Changes, scene: RuleScene): Changes {
  const kept = youngOf(changes, scene);
  return kept.length === 0 ? NO_CHANGES : kept;
}

function youngOf(changes: Changes, { now, policy }: RuleScene): Changes {
  const { takenBackWithin, window } = policy.rules["config-thrash"];
  return withoutOld(changes, now, { countedMs: window, takenBackMs: takenBackWithin });
}

function judge(changes: Changes, scene: RuleScene): Judgement {
  const { now, policy } = scene;
  const { changesMax, takenBackWithin, window } = policy.rules["config-thrash"];
  const nextAt = changesAgainAt(changes, scene);
  const recent = recentOf(changes, now, window);
  const ofOne = pathsOf(recent)
    .map((path) => recent.filter((change) => change.path === path))
    .find((ofPath) => ofPath.length > changesMax);
  if (ofOne !== undefined) return { finding: thrashFinding(ofOne, scene), nextAt };
  const takenBack = takenBackIn(changes, now, takenBackWithin);
  return { finding: takenBack.length === 0 ? null : takenBackFinding(takenBack, scene), nextAt };
}

// When a change has left the window, is too old to matter, or all is told of it.
function changesAgainAt(changes: Changes, { now, policy }: RuleScene): number | null {
  const { takenBackWithin, window } = policy.rules["config-thrash"];
  const oldAts = changes.flatMap(({ at }) => [at + window, at + takenBackWithin]);
  const least = [...saysAllAts(changes, now), ...oldAts]
    .filter((at) => at > now)
    .reduce((left, right) => Math.min(left, right), Number.POSITIVE_INFINITY);
  return Number.isFinite(least) ? least : null;
}

function thrashFinding(ofPath: Changes, { now, policy, subject }: RuleScene): Finding {
  const { changesMax, window } = policy.rules["config-thrash"];
  const [oldest] = ofPath;
  const count = `${ofPath.length} changes in the last ${formatDuration(window)} (allowed: ${changesMax})`;
  return {
    severity: "error",
    ...(oldest === undefined ? {} : { alike: oldest.path }),
    title: `The configuration of ${nameOf(subject)} does not come to rest`,
    evidence: [
      ...ofPath
        .slice(-CHANGES_SHOWN_MAX)
        .map(({ at, by, path }) => ({ at, text: `${path} was changed by ${by}` })),
      { at: now, text: count },
    ],
    happenedAt: oldest?.at ?? now,
    isRestartPointless: false,
    freezes: ofPath.some(({ by }) => isAutomation(by)),
  };
}

function takenBackFinding(takenBack: readonly TakenBack[], { now, subject }: RuleScene): Finding {
  const shown = takenBack.slice(0, FILES_SHOWN_MAX);
  const byInstant = shown.toSorted((left, right) => left.taken.at - right.taken.at);
  const [path] = takenBack.map(({ taken }) => taken.path).toSorted();
  return {
    severity: "warning",
    ...(path === undefined ? {} : { alike: path }),
    title: titleOf(takenBack, nameOf(subject)),
    evidence: byInstant.flatMap(({ made, taken }) => [
      { at: made.at, text: `${made.path} was changed by ${made.by}` },
      { at: taken.at, text: takenLineOf({ made, taken }) },
    ]),
    happenedAt: byInstant[0]?.taken.at ?? now,
    isRestartPointless: false,
    freezes: false,
  };
}

function titleOf(takenBack: readonly TakenBack[], name: string): string {
  const isByAutomation = takenBack.every(({ taken }) => isAutomation(taken.by));
  const isOfPerson = takenBack.every(({ made }) => made.by === "person");
  const what = isOfPerson ? "what a person changed" : "a change";
  return isByAutomation
    ? `Automation took back ${what} in the configuration of ${name}`
    : `Somebody took back ${what} in the configuration of ${name}`;
}

function takenLineOf({ made, taken }: TakenBack): string {
  const after = formatDuration(taken.at - made.at);
  return taken.isReturned === true
    ? `${taken.by} took it back after ${after}: its content is one that it had before`
    : `${taken.by} changed it again after ${after}`;
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
