// The second source of the reason `remediation-stuck`: one healer fails alike on several hosts, that is one doer, act and outcome on so many of
// them within the window, none of which helped. Pure. The first source, the same outcome again and again on one service, is in
// remediation-stuck.ts: where each host is tried once or twice, that one never sees five.
// What a reader would get wrong: what was denied for want of privilege is `privilege-gap`, not this; and a person, or somebody unknown, is no
// healer. A shard sees its own hosts only.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { hostIdIn, placeNameOf, type Subject } from "../../words/subject.ts";
import { type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { likenessOf } from "../outcome-likeness.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "../rule.ts";

/** Kinds of attempts remembered for one shard, and hosts for each; a policy that asks for more hosts gets this many. */
export const HEALERS_MAX = 32;
export const HOSTS_MAX = 100;

type Attempt = Extract<Fact, { kind: "attempt" }>;

/** Where it was tried last; named by host id. */
interface Tried extends Named {
  readonly subject: Subject;
  readonly at: number;
}

/** One doer, act and outcome; named by all three, the outcome by what it is alike in. */
interface Healer extends Named {
  readonly by: Attempt["by"];
  readonly action: string;
  /** as it was told last */
  readonly outcome: string;
  readonly hosts: readonly Tried[];
}

type Healers = readonly Healer[];

const NO_HEALERS: Healers = [];

function absorb(healers: Healers, fact: Fact, { subject }: RuleScene): Healers {
  const hostId = hostIdIn(subject);
  if (fact.kind !== "attempt" || hostId === null || !isHealing(fact)) return healers;
  if (fact.isHelpful) return without(healers, (healer, tried) => isBy(healer, fact) && tried.name === hostId);
  const { action, at, by, outcome } = fact;
  const name = JSON.stringify([by, action, likenessOf(outcome, subject)]);
  const before = namedIn(healers, name)?.hosts ?? [];
  const hosts = withNamed(before, { name: hostId, subject, at }, HOSTS_MAX);
  return withNamed(healers, { name, by, action, outcome, hosts }, HEALERS_MAX);
}

function isHealing({ by, deniedCommand }: Attempt): boolean {
  return by !== "person" && by !== "unknown" && deniedCommand === undefined;
}

function isBy(healer: Healer, { action, by }: Attempt): boolean {
  return healer.by === by && healer.action === action;
}

function judge(healers: Healers, scene: RuleScene): Judgement {
  const { hostsMin, window } = scene.policy.rules["remediation-stuck"];
  const recent = prune(healers, scene);
  const changesAt = recent.flatMap(({ hosts }) => hosts.map(({ at }) => at + window));
  if (changesAt.length === 0) return QUIET;
  const nextAt = changesAt.reduce((left, right) => Math.min(left, right));
  const stuck = recent.filter(({ hosts }) => hosts.length >= Math.min(hostsMin, HOSTS_MAX));
  return { finding: stuck.length === 0 ? null : findingOf(stuck, scene), nextAt };
}

function findingOf(stuck: Healers, { policy }: RuleScene): Finding {
  const within = formatDuration(policy.rules["remediation-stuck"].window);
  const firstAt = stuck
    .flatMap(({ hosts }) => hosts)
    .reduce((least, { at }) => Math.min(least, at), Infinity);
  return {
    severity: "error",
    title: `Automation fails alike on several hosts: ${namesInWords(stuck.map(actNameOf))}`,
    evidence: stuck.slice(0, 5).flatMap((healer) => {
      const at = Math.max(...healer.hosts.map((tried) => tried.at));
      const where = namesInWords(healer.hosts.map(({ subject }) => ({ name: placeNameOf(subject) })));
      const tried = `tried ${healer.action} on ${healer.hosts.length} hosts within ${within}`;
      return [
        { at, text: `${healer.by} ${tried}: ${where}` },
        { at, text: `each ends so: ${healer.outcome}` },
      ];
    }),
    happenedAt: firstAt,
    isRestartPointless: false,
    freezes: false,
  };
}

function actNameOf({ action, by }: Healer): Named {
  return { name: `${action} by ${by}` };
}

function prune(healers: Healers, { now, policy }: RuleScene): Healers {
  const { window } = policy.rules["remediation-stuck"];
  return without(healers, (_, { at }) => at <= now - window);
}

function without(healers: Healers, isGone: (healer: Healer, tried: Tried) => boolean): Healers {
  if (!healers.some((healer) => healer.hosts.some((tried) => isGone(healer, tried)))) return healers;
  const kept = healers
    .map((healer) => ({ ...healer, hosts: healer.hosts.filter((tried) => !isGone(healer, tried)) }))
    .filter(({ hosts }) => hosts.length > 0);
  return kept.length === 0 ? NO_HEALERS : kept;
}

export const sharedHealer: FactRule<Healers> = {
  reason: "remediation-stuck",
  scope: "shard",
  kinds: ["attempt"],
  initial: NO_HEALERS,
  absorb,
  judge,
  prune,
};
