// Rule `credential-expiring`: a credential's expiry is nearer than `before`; critical from the instant at which it has expired. Pure.
// It clears when the host tells a later expiry, or that the credential has none (any more).
import { formatDuration } from "@countersign/shared/values/duration";
import type { Fact } from "@countersign/shared/wire/fact";
import { nameOf } from "../../words/subject.ts";
import { alikeIn, type Named, namedIn, namesInWords, withNamed } from "../named-list.ts";
import { type FactRule, type Finding, type Judgement, QUIET, type RuleScene } from "./rule.ts";

interface Expiry extends Named {
  readonly expiresAt: number;
}

type Expiries = readonly Expiry[];

const NO_EXPIRIES: Expiries = [];
/** Credentials remembered for one service. */
export const CREDENTIALS_MAX = 16;

function absorb(expiries: Expiries, fact: Fact): Expiries {
  if (fact.kind !== "credential") return expiries;
  const { credential: name, expiresAt } = fact;
  const before = namedIn(expiries, name);
  if (before?.expiresAt === (expiresAt ?? undefined)) return expiries;
  if (expiresAt !== null) return withNamed(expiries, { name, expiresAt }, CREDENTIALS_MAX);
  const kept = expiries.filter((expiry) => expiry !== before);
  return kept.length === 0 ? NO_EXPIRIES : kept;
}

function judge(expiries: Expiries, scene: RuleScene): Judgement {
  const { now, policy } = scene;
  const { before } = policy.rules["credential-expiring"];
  const dueAt = expiries.flatMap(({ expiresAt }) => [expiresAt - before, expiresAt]);
  const nextAt = dueAt.filter((at) => at > now).toSorted((left, right) => left - right)[0] ?? null;
  const near = expiries.filter(({ expiresAt }) => now >= expiresAt - before);
  if (near.length === 0) return { ...QUIET, nextAt };
  return { finding: findingOf(near, scene), nextAt };
}

function findingOf(near: Expiries, { now, policy, subject }: RuleScene): Finding {
  const soonestFirst = near.toSorted((left, right) => left.expiresAt - right.expiresAt);
  const expired = soonestFirst.filter(({ expiresAt }) => now >= expiresAt);
  const isExpired = expired.length > 0;
  const what = isExpired
    ? `expired: ${namesInWords(expired)}`
    : `about to expire: ${namesInWords(soonestFirst)}`;
  return {
    severity: isExpired ? "critical" : "warning",
    ...alikeIn(near),
    title: `Credentials of ${nameOf(subject)} ${what}`,
    evidence: soonestFirst.slice(0, 10).map(({ name, expiresAt }) => ({
      at: expiresAt,
      text:
        now >= expiresAt ? `${name} has expired` : `${name} expires in ${formatDuration(expiresAt - now)}`,
    })),
    happenedAt: (soonestFirst[0]?.expiresAt ?? now) - policy.rules["credential-expiring"].before,
    isRestartPointless: isExpired,
    ...(isExpired ? { failureClass: "auth" as const } : {}),
    freezes: false,
  };
}

export const credentialExpiring: FactRule<Expiries> = {
  reason: "credential-expiring",
  scope: "service",
  kinds: ["credential"],
  initial: NO_EXPIRIES,
  absorb,
  judge,
};
