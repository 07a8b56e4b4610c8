// The second source of the reason `identity-conflict`: two holders use one identity (a bot token, a lease) that only one may use,
// both seen within the window. Pure. The first source, a host's own key used from two boots, is in identity-conflict.ts.
// The two never meet in one incident: that one is about the host, this one about the identity, because its holders may sit on two
// hosts. What a reader would get wrong: a holder's name must outlive its restart (a unit, never a pid).
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { hostIdIn, nameOf, type Subject } from "../../words/subject.ts";
import { findEach } from "../each-finding.ts";
import { type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import type { FactRule, Finding, Judgement, RuleScene } from "../rule.ts";

/** One that uses an identity; named by host id and holder. */
interface Holder extends Named {
  readonly holder: string;
  readonly subject: Subject;
  readonly seenAt: number;
}

interface Identity extends Named {
  readonly holders: readonly Holder[];
}

type Identities = readonly Identity[];

const NONE_HELD: Identities = [];
/** Identities remembered for one shard, and holders for each. */
export const IDENTITIES_MAX = 1_000;
export const HOLDERS_MAX = 4;
/** A holder that is seen all the time is noted no more often than this: noting is a row written. */
const SIGHTINGS_A_WINDOW = 4;

function absorb(identities: Identities, fact: Fact, { subject, policy }: RuleScene): Identities {
  if (fact.kind !== "identity") return identities;
  const name = `${hostIdIn(subject) ?? ""}/${fact.holder}`;
  const holder: Holder = { name, holder: fact.holder, subject, seenAt: fact.at };
  const before = namedIn(identities, fact.identity)?.holders ?? [];
  const seenAt = namedIn(before, name)?.seenAt ?? 0;
  if (fact.at < seenAt + policy.rules["identity-conflict"].window / SIGHTINGS_A_WINDOW) return identities;
  const holders = withNamed(before, holder, HOLDERS_MAX);
  return withNamed(identities, { name: fact.identity, holders }, IDENTITIES_MAX);
}

function judge(identities: Identities, scene: RuleScene): Judgement {
  const { window } = scene.policy.rules["identity-conflict"];
  const recent = identities.map((identity) => recentOf(identity, scene));
  const changesAt = recent.flatMap(({ holders }) => holders.map(({ seenAt }) => seenAt + window));
  const nextAt = changesAt.length === 0 ? null : changesAt.reduce((left, right) => Math.min(left, right));
  const contested = recent.filter(({ holders }) => holders.length > 1);
  return { ...findEach(contested, "identity", (some) => findingOf(some, scene)), nextAt };
}

function prune(identities: Identities, scene: RuleScene): Identities {
  const recent = identities.map((identity) => recentOf(identity, scene));
  if (recent.every((identity, index) => identity === identities[index])) return identities;
  const kept = recent.filter(({ holders }) => holders.length > 0);
  return kept.length === 0 ? NONE_HELD : kept;
}

function findingOf(contested: Identities, { policy }: RuleScene): Finding {
  const within = formatDuration(policy.rules["identity-conflict"].window);
  const holders = contested.flatMap((identity) => identity.holders);
  return {
    severity: "critical",
    title: `Used by two at once: ${namesInWords(contested)}`,
    evidence: contested.slice(0, 10).map((identity) => ({
      at: identity.holders.at(-1)?.seenAt ?? 0,
      text: `${identity.name}: ${holdersInWords(identity)}, all within ${within}`,
    })),
    happenedAt: Math.min(...holders.map(({ seenAt }) => seenAt)),
    isRestartPointless: true,
    freezes: false,
    affects: holders.map(({ subject }) => subject),
  };
}

function holdersInWords({ holders }: Identity): string {
  return namesInWords(holders.map(({ holder, subject }) => ({ name: `${holder} (${nameOf(subject)})` })));
}

function recentOf(identity: Identity, { now, policy }: RuleScene): Identity {
  const { window } = policy.rules["identity-conflict"];
  const holders = identity.holders.filter(({ seenAt }) => seenAt > now - window);
  return holders.length === identity.holders.length ? identity : { ...identity, holders };
}

export const sharedIdentity: FactRule<Identities> = {
  reason: "identity-conflict",
  scope: "shard",
  kinds: ["identity"],
  initial: NONE_HELD,
  absorb,
  judge,
  prune,
  learned: {
    keeps: (identities) =>
      Object.fromEntries(
        identities.map(({ name, holders }) => [name, holders.map((holder) => holder.name).toSorted()]),
      ),
    resume: (identities) => identities,
  },
};
