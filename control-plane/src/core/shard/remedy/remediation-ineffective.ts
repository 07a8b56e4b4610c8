// Rule `remediation-ineffective`: after an action that succeeded, health was not reached or did not hold. Whether it was is decided in
// core/shard/remedy/verification.ts; here it is worded, and ended. Pure.
// It clears only when health has held for a whole stability window: a service that comes back for seven minutes has not recovered.
import { namesOf } from "@countersign/shared/values/named";
import type { Policy } from "../../../policy/policy.ts";
import { isFiring } from "../../facts/fact-book.ts";
import type { Evidence } from "../../words/signal.ts";
import { failureEvidence } from "../host/service-words.ts";
import { severityOf } from "../host/services.ts";
import { settleService } from "../host/settle.ts";
import type { HostScene, ServiceChange } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { wellFromAtOf } from "./ladder.ts";

const REASON = "remediation-ineffective";

/** Fires, for each action anew; nothing is proposed with it, a person decides. */
export function fireIneffective(
  host: HostState,
  service: ServiceState,
  { scene, why }: { readonly scene: HostScene; readonly why: Evidence },
): ServiceChange {
  const finding = {
    severity: severityOf(service, namesOf(service.failing)),
    title: `The action on ${service.service} of ${host.name} did not help`,
    evidence: [why, ...failureEvidence(host, service)],
    happenedAt: why.at,
    isRestartPointless: false,
    freezes: false,
  };
  const found = { reason: REASON, findings: [finding], over: why, isToldAnew: true } as const;
  return settleService(host, service, { found, scene });
}

/** When health will have held long enough to clear it; null while the service is unhealthy or the rule does not fire. */
export function ineffectiveClearsAt(service: ServiceState, policy: Policy): number | null {
  if (!isFiring(service.book, REASON)) return null;
  const wellFromAt = wellFromAtOf(service);
  return wellFromAt === null ? null : wellFromAt + policy.verify.stabilityMs;
}

/** Clears once health has held. */
export function judgeIneffective(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const dueAt = ineffectiveClearsAt(service, scene.policy);
  if (dueAt === null || scene.now < dueAt) return { service, effects: [] };
  const over = { at: dueAt, text: "all checks passed for as long as they must" };
  return settleService(host, service, { found: { reason: REASON, findings: [], over }, scene });
}
