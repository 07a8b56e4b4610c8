// Every rule over facts, and which of them listen to a kind of fact. Pure. A new rule: one file in facts/rules, one line here.
import type { FactRule, Judgement, RuleScene } from "./rule.ts";
import { configThrash } from "./rules/config-thrash.ts";
import { credentialDrift } from "./rules/credential-drift.ts";
import { credentialExpiring } from "./rules/credential-expiring.ts";
import { credentialRejected } from "./rules/credential-rejected.ts";
import { duplicateSupervisor } from "./rules/duplicate-supervisor.ts";
import { evidenceUnreadable } from "./rules/evidence-unreadable.ts";
import { fallbackOverdue } from "./rules/fallback-overdue.ts";
import { fallbackUntested } from "./rules/fallback-untested.ts";
import { heartbeatMissed } from "./rules/heartbeat-missed.ts";
import { hostUntrustworthy } from "./rules/host-untrustworthy.ts";
import { latencyHigh } from "./rules/latency-high.ts";
import { memoryPressure } from "./rules/memory-pressure.ts";
import { noProgress } from "./rules/no-progress.ts";
import { privilegeGap } from "./rules/privilege-gap.ts";
import { providerFailing } from "./rules/provider-failing.ts";
import { remediationStuck } from "./rules/remediation-stuck.ts";
import { restartLoopSuspected } from "./rules/restart-loop-suspected.ts";
import { selfInflicted } from "./rules/self-inflicted.ts";
import { sharedHealer } from "./rules/shared-healer.ts";
import { sharedIdentity } from "./rules/shared-identity.ts";
import { signatureDoubtful } from "./rules/signature-doubtful.ts";
import { staleCode } from "./rules/stale-code.ts";
import { startupDeath } from "./rules/startup-death.ts";
import { successRateLow } from "./rules/success-rate-low.ts";
import type { ShardFact } from "./shard-fact.ts";

/** A rule whose slice's shape, and whose facts' kinds, only the rule itself knows. */
export interface ListedRule extends Pick<
  FactRule<object | null>,
  "reason" | "scope" | "kinds" | "initial" | "isLiftedByPeople"
> {
  readonly absorb: (slice: never, fact: never, scene: RuleScene) => object | null;
  readonly judge: (slice: never, scene: RuleScene) => Judgement;
  readonly prune?: (slice: never, scene: RuleScene) => object | null;
  readonly learned?: {
    readonly keeps: (slice: never) => unknown;
    readonly resume: (slice: never) => object | null;
  };
}

/** In the order in which they are judged. */
export const FACT_RULES: readonly ListedRule[] = [
  hostUntrustworthy,
  signatureDoubtful,
  privilegeGap,
  remediationStuck,
  memoryPressure,
  restartLoopSuspected,
  duplicateSupervisor,
  selfInflicted,
  configThrash,
  staleCode,
  startupDeath,
  successRateLow,
  latencyHigh,
  noProgress,
  heartbeatMissed,
  credentialExpiring,
  credentialRejected,
  credentialDrift,
  fallbackOverdue,
  fallbackUntested,
  evidenceUnreadable,
  providerFailing,
  sharedIdentity,
  sharedHealer,
];

const rulesByScope = { service: rulesByKindOf("service"), shard: rulesByKindOf("shard") } as const;

/** The rules of a scope that list the kind; a fact costs no more than these. */
export function rulesListeningTo(
  kind: ShardFact["kind"],
  scope: FactRule<object | null>["scope"],
): readonly ListedRule[] {
  return rulesByScope[scope].get(kind) ?? [];
}

function rulesByKindOf(
  scope: FactRule<object | null>["scope"],
): ReadonlyMap<ShardFact["kind"], readonly ListedRule[]> {
  const byKind = new Map<ShardFact["kind"], ListedRule[]>();
  for (const rule of FACT_RULES.filter((listed) => listed.scope === scope))
    for (const kind of rule.kinds) byKind.set(kind, [...(byKind.get(kind) ?? []), rule]);
  return byKind;
}
