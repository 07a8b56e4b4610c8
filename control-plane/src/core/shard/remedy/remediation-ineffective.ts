// Rule `remediation-ineffective`: after an action that succeeded, health was not reached or did not hold. Whether it was is decided in
// core/shard/remedy/verification.ts; here it is worded, and ended. Pure.
// It clears only when health has held for a whole stability window: a service that comes back for seven minutes has not recovered.
import type { Policy } from "@countersign/shared/policy/policy";
import { namesOf } from "@countersign/shared/values/named";
import { signalEffect, type EffectDraft } from "../../words/effects.ts";
import type { Evidence } from "../../words/signal.ts";
import { failureEvidence, restartsOf } from "../host/service-words.ts";
import { severityOf } from "../host/services.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { wellFromAtOf } from "./ladder.ts";

/** The firing signal; nothing is proposed with it, a person decides. */
export function fireIneffective(
  host: HostState,
  service: ServiceState,
  wording: { readonly scene: HostScene; readonly happenedAt: number; readonly why: Evidence },
): EffectDraft {
  const { scene, happenedAt, why } = wording;
  return signalEffect({
    kind: "firing",
    happenedAt,
    subject: subjectOf(host, service.service),
    reason: "remediation-ineffective",
    severity: severityOf(service, namesOf(service.failing)),
    title: `The action on ${service.service} of ${host.name} did not help`,
    evidence: [why, ...failureEvidence(host, service)],
    proposalRequestId: null,
    restarts: restartsOf(service, scene),
  });
}

/** When health will have held long enough to clear it; null while the service is unhealthy or the rule does not fire. */
export function ineffectiveClearsAt(service: ServiceState, policy: Policy): number | null {
  const wellFromAt = wellFromAtOf(service);
  if (!service.isIneffectiveFiring || wellFromAt === null) return null;
  return wellFromAt + policy.verify.stabilityMs;
}

/** Clears once health has held. */
export function judgeIneffective(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const dueAt = ineffectiveClearsAt(service, scene.policy);
  if (dueAt === null || scene.now < dueAt) return { service, effects: [] };
  const evidence = [{ at: dueAt, text: "all checks passed for the whole stability window" }];
  return {
    service: { ...service, isIneffectiveFiring: false },
    effects: [
      signalEffect({
        kind: "cleared",
        happenedAt: dueAt,
        subject: subjectOf(host, service.service),
        reason: "remediation-ineffective",
        evidence,
      }),
    ],
  };
}
