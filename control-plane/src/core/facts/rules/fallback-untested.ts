// Rule `fallback-untested`: a fallback or paging path was not exercised within its drill period. Pure. A fallback that was never
// tried is "untested complexity" (seed 002). Any word of a path declares it; a drill or a real activation exercises it.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { type FactRule, type Judgement, QUIET, type RuleScene } from "../rule.ts";

interface Path extends Named {
  readonly declaredAt: number;
  /** null: never, as far as is known */
  readonly exercisedAt: number | null;
  /** in use now, which is exercise enough */
  readonly isActive: boolean;
}

type Paths = readonly Path[];

const NO_PATHS: Paths = [];
/** Paths remembered for one service, or for a host itself. */
export const PATHS_MAX = 16;

function absorb(paths: Paths, fact: Fact): Paths {
  if (fact.kind === "drill") return exercise(paths, { name: fact.path, at: fact.at, isActive: null });
  if (fact.kind !== "fallback") return paths;
  const { fallback: name, at, isActive } = fact;
  const before = namedIn(paths, name);
  if (before === undefined && !isActive)
    return withNamed(paths, { name, declaredAt: at, exercisedAt: null, isActive }, PATHS_MAX);
  return before?.isActive === isActive ? paths : exercise(paths, { name, at, isActive });
}

function exercise(
  paths: Paths,
  done: { readonly name: string; readonly at: number; readonly isActive: boolean | null },
): Paths {
  const before = namedIn(paths, done.name);
  const path: Path = {
    name: done.name,
    declaredAt: before?.declaredAt ?? done.at,
    exercisedAt: Math.max(before?.exercisedAt ?? 0, done.at),
    isActive: done.isActive ?? before?.isActive ?? false,
  };
  return withNamed(paths, path, PATHS_MAX);
}

function judge(paths: Paths, { now, policy, subject }: RuleScene): Judgement {
  const { period } = policy.rules["fallback-untested"];
  const idle = paths
    .filter(({ isActive }) => !isActive)
    .toSorted((left, right) => lastAtOf(left) - lastAtOf(right));
  const nextAt = idle.map((path) => lastAtOf(path) + period).find((at) => at > now) ?? null;
  const untested = idle.filter((path) => now >= lastAtOf(path) + period);
  const [longest] = untested;
  if (longest === undefined) return { ...QUIET, nextAt };
  return {
    finding: {
      severity: "warning",
      title: `Not exercised for ${formatDuration(period)}: ${namesInWords(untested)} of ${nameOf(subject)}`,
      evidence: untested.slice(0, 10).map(({ name, declaredAt, exercisedAt }) => ({
        at: exercisedAt ?? declaredAt,
        text:
          exercisedAt === null ? `${name} was declared, and never exercised` : `${name} was last exercised`,
      })),
      happenedAt: lastAtOf(longest) + period,
      isRestartPointless: false,
      freezes: false,
    },
    nextAt,
  };
}

function lastAtOf({ declaredAt, exercisedAt }: Path): number {
  return exercisedAt ?? declaredAt;
}

export const fallbackUntested: FactRule<Paths> = {
  reason: "fallback-untested",
  scope: "service",
  kinds: ["fallback", "drill"],
  initial: NO_PATHS,
  absorb,
  judge,
};
