// Rule `provider-failing`: one dependency fails for at least n services (or hosts, where a fact names no service) within the window.
// Pure. One incident for each provider, and no restarts for those who suffer: the fault is not theirs. A shard sees its own hosts
// only. What has not failed again within the window does not count any more; one answer that is well takes its service out.
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import type { FailureClass } from "@countersign/shared/wire/failure-class";
import { nameOf, type Subject, subjectKeyOf } from "../../words/subject.ts";
import { findEach } from "../each-finding.ts";
import { type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import type { FactRule, Finding, Judgement, RuleScene } from "../rule.ts";

/** One who suffers; named by its key. */
interface Sufferer extends Named {
  readonly subject: Subject;
  readonly failedAt: number;
  readonly class: FailureClass | null;
}

interface Provider extends Named {
  readonly failing: readonly Sufferer[];
}

type Providers = readonly Provider[];

const NONE_FAILING: Providers = [];
/** Providers remembered for one shard, and sufferers for each; a policy that asks for more of them gets this many. */
export const PROVIDERS_MAX = 32;
export const SUFFERERS_MAX = 200;

function absorb(providers: Providers, fact: Fact, scene: RuleScene): Providers {
  if (fact.kind !== "provider") return providers;
  const { subject } = scene;
  const name = subjectKeyOf(subject);
  const before = namedIn(providers, fact.provider)?.failing ?? [];
  if (fact.isOk && namedIn(before, name) === undefined) return providers;
  const sufferer: Sufferer = { name, subject, failedAt: fact.at, class: fact.class };
  const failing = fact.isOk
    ? before.filter((other) => other.name !== name)
    : withNamed(before, sufferer, SUFFERERS_MAX);
  return withoutWell(withNamed(providers, { name: fact.provider, failing }, PROVIDERS_MAX));
}

function judge(providers: Providers, scene: RuleScene): Judgement {
  const { servicesMin, window } = scene.policy.rules["provider-failing"];
  const countMin = Math.min(servicesMin, SUFFERERS_MAX);
  const recent = providers.map((provider) => recentOf(provider, scene));
  const changesAt = recent.flatMap(({ failing }) => failing.map(({ failedAt }) => failedAt + window));
  const nextAt = changesAt.length === 0 ? null : changesAt.reduce((left, right) => Math.min(left, right));
  const down = recent.filter(({ failing }) => failing.length >= countMin);
  return { ...findEach(down, "provider", (some) => findingOf(some, scene)), nextAt };
}

function prune(providers: Providers, scene: RuleScene): Providers {
  const recent = providers.map((provider) => recentOf(provider, scene));
  return recent.every((provider, index) => provider === providers[index]) ? providers : withoutWell(recent);
}

function findingOf(down: Providers, { policy }: RuleScene): Finding {
  const within = formatDuration(policy.rules["provider-failing"].window);
  const sufferers = down.flatMap(({ failing }) => failing);
  const happenedAt = sufferers.reduce((earliest, { failedAt }) => Math.min(earliest, failedAt), Infinity);
  return {
    severity: "critical",
    title: `One provider fails for several services: ${namesInWords(down)}`,
    evidence: down.slice(0, 10).map((provider) => ({
      at: provider.failing.at(-1)?.failedAt ?? happenedAt,
      text: `${provider.name} failed for ${provider.failing.length} within ${within}: ${sufferersInWords(provider)}`,
    })),
    happenedAt,
    isRestartPointless: true,
    failureClass: "provider",
    freezes: false,
    affects: sufferers.map(({ subject }) => subject),
  };
}

function sufferersInWords({ failing }: Provider): string {
  return namesInWords(
    failing.map(({ subject, class: failure }) => ({
      name: failure === null ? nameOf(subject) : `${nameOf(subject)} (${failure})`,
    })),
  );
}

function recentOf(provider: Provider, { now, policy }: RuleScene): Provider {
  const { window } = policy.rules["provider-failing"];
  const failing = provider.failing.filter(({ failedAt }) => failedAt > now - window);
  return failing.length === provider.failing.length ? provider : { ...provider, failing };
}

function withoutWell(providers: Providers): Providers {
  const kept = providers.filter(({ failing }) => failing.length > 0);
  return kept.length === 0 ? NONE_FAILING : kept;
}

export const providerFailing: FactRule<Providers> = {
  reason: "provider-failing",
  scope: "shard",
  kinds: ["provider"],
  initial: NONE_FAILING,
  absorb,
  judge,
  prune,
  learned: {
    keeps: (providers) =>
      Object.fromEntries(
        providers.map(({ name, failing }) => [name, failing.map((sufferer) => sufferer.name).toSorted()]),
      ),
    resume: (providers) => providers,
  },
};
