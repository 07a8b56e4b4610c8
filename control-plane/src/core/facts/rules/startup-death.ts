// Rule `startup-death`: k sessions end within `lifetime` of their start with the same class (a 401 is `auth`), and none in between
// ended well or lived longer. Pure. In the night of seed 002 it would have paged at the third of 936 dead sessions.
// A dead session of another class neither counts for a run nor breaks it: two causes may strike in turn.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import { nameOf } from "../../words/subject.ts";
import { type Named, namedIn, withNamed } from "../named-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "./rule.ts";

/** A run of dead sessions of one class; `name` is the class. */
interface DeathRun extends Named {
  readonly name: FailureClass;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly detail: string;
}

type Deaths = readonly DeathRun[];

const NO_DEATHS: Deaths = [];
/** One run for each class there is. */
const CLASSES_MAX = 9;

/** A session that died at its start counts for its class; one that ended well or lived longer ends every run. */
function absorb(deaths: Deaths, fact: Fact, { policy }: RuleScene): Deaths {
  if (fact.kind !== "session") return deaths;
  const { lifetime } = policy.rules["startup-death"];
  if (fact.class === null || fact.at - fact.startedAt > lifetime) return NO_DEATHS;
  const before = namedIn(deaths, fact.class);
  const run: DeathRun = {
    name: fact.class,
    count: (before?.count ?? 0) + 1,
    firstAt: before?.firstAt ?? fact.at,
    lastAt: fact.at,
    detail: fact.detail,
  };
  return withNamed(deaths, run, CLASSES_MAX);
}

function judge(deaths: Deaths, scene: RuleScene): Judgement {
  const { sessionsMin } = scene.policy.rules["startup-death"];
  // The run that began first is named, so that the page's title stays the same while two classes take turns.
  const [run] = deaths
    .filter(({ count }) => count >= sessionsMin)
    .toSorted((left, right) => left.firstAt - right.firstAt);
  return run === undefined ? QUIET : { finding: findingOf(run, scene), nextAt: null };
}

function findingOf(run: DeathRun, { subject, policy }: RuleScene): Finding {
  const lifetime = formatDuration(policy.rules["startup-death"].lifetime);
  const isAuth = run.name === "auth";
  const detail = run.detail === "" ? "no more is known" : run.detail;
  return {
    severity: isAuth ? "critical" : "error",
    title: `Sessions of ${nameOf(subject)} die at their start: ${run.name}`,
    evidence: [
      { at: run.firstAt, text: `the first of ${run.count} sessions ended within ${lifetime}: ${run.name}` },
      { at: run.lastAt, text: `the last one: ${detail}` },
    ],
    happenedAt: run.firstAt,
    isRestartPointless: isAuth || run.name === "memory",
    failureClass: run.name,
    freezes: false,
  };
}

/** Deaths beyond this add nothing that must not be lost. */
const DEATHS_KEPT_MAX = 10;

export const startupDeath: FactRule<Deaths> = {
  reason: "startup-death",
  scope: "service",
  kinds: ["session"],
  initial: NO_DEATHS,
  absorb,
  judge,
  learned: {
    keeps: (deaths) =>
      Object.fromEntries(deaths.map(({ name, count }) => [name, Math.min(count, DEATHS_KEPT_MAX)])),
    resume: (deaths) => deaths,
  },
};
