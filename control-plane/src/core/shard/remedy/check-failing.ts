// Rule `check-failing`: a check of severity error or critical failed N times in a row, and the first failure is old enough. Pure.
// It fires once; it is sent again only when the severity changes, when the proposal that came with it ended without an outcome and the
// service still fails, or when what held a question back is over (a new one is asked for, as long as the restart budget and the number
// of proposals last). After an outcome that did not help nothing is proposed again before the service recovered: automation stops
// itself.
import type { Policy } from "@countersign/shared/policy/policy";
import { entriesOf, namedAt, valuesOf } from "@countersign/shared/values/named";
import type { Severity } from "@countersign/shared/wire/service-report";
import { signalEffect, type EffectDraft } from "../../words/effects.ts";
import { askAgainAt, isCeiling } from "../../words/proposal-refusal.ts";
import type { Evidence, ProposalRefusal } from "../../words/signal.ts";
import { restartsOf, failureEvidence } from "../host/service-words.ts";
import { severityOf } from "../host/services.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { withAsking } from "./ladder.ts";
import { proposableAction, sendPropose } from "./shard-proposal.ts";

/** When the rule's condition is true and held, as the state stands; null while too few results failed. */
export function checkFailingAt(service: ServiceState, policy: Policy): number | null {
  if (!policy.rules["check-failing"].enabled) return null;
  const { failuresMin, heldMs } = policy.checkFailing;
  let nearest: number | null = null;
  for (const check in service.failing) {
    const failure = namedAt(service.failing, check);
    if (failure === undefined || failure.count < failuresMin) continue;
    nearest = Math.min(nearest ?? Number.POSITIVE_INFINITY, failure.sinceAt + heldMs);
  }
  return nearest;
}

/** Fires, or clears as soon as all checks pass; the desk waits before it resolves. */
export function judgeCheckFailing(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  if (service.isFiring && !scene.policy.rules["check-failing"].enabled)
    return clearCheckFailing(host, service, { at: scene.now, text: "the rule was turned off in the policy" });
  if (service.isFiring && service.healthySinceAt === null) return { service, effects: [] };
  if (service.isFiring)
    return clearCheckFailing(host, service, {
      at: service.healthySinceAt ?? scene.now,
      text: "all checks pass",
    });
  const dueAt = checkFailingAt(service, scene.policy);
  return dueAt === null || scene.now < dueAt
    ? { service, effects: [] }
    : fireWithProposal(host, service, scene);
}

/** Sends a firing signal again with the evidence of now, and asks for a proposal where none is open. */
export function refireCheckFailing(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  return service.proposal === null
    ? fireWithProposal(host, service, scene)
    : { service, effects: [fireCheckFailing(host, service, { scene })] };
}

/** The severity that a firing signal carries: the highest of the checks that failed often enough. */
export function firingSeverityOf(service: ServiceState, policy: Policy): Severity {
  return severityOf(
    service,
    failedChecks(service, policy).map(({ check }) => check),
  );
}

function failedChecks(
  service: ServiceState,
  policy: Policy,
): readonly { readonly check: string; readonly sinceAt: number }[] {
  return entriesOf(service.failing)
    .filter(([, { count }]) => count >= policy.checkFailing.failuresMin)
    .map(([check, { sinceAt }]) => ({ check, sinceAt }));
}

function fireWithProposal(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const action = proposableAction(host, service, { scene, reason: "check-failing" });
  if (!action.ok) {
    const refusal = action.error;
    const asking = { askAt: askAgainAt(refusal), isHeldBack: isCeiling(refusal) };
    const firing = withAsking({ ...service, isFiring: true }, asking);
    return { service: firing, effects: [fireCheckFailing(host, firing, { scene, refusal })] };
  }
  const requestId = scene.newId("prq");
  const firing: ServiceState = {
    ...withAsking(service, { askAt: null, askedAt: scene.now, askedFor: "check-failing" }),
    isFiring: true,
    proposal: { requestId, requestedAt: scene.now, invocationId: null, ...action.value },
  };
  return {
    service: firing,
    effects: [
      ...endOther(host, service, scene),
      fireCheckFailing(host, firing, { scene }),
      sendPropose(host, { service: service.service, requestId, action: action.value.action }),
    ],
  };
}

// One question at a time: a check that fails is asked about before any finding.
function endOther(host: HostState, service: ServiceState, { now }: HostScene): readonly EffectDraft[] {
  if (service.proposal === null) return [];
  const subject = subjectOf(host, service.service);
  return [signalEffect({ kind: "superseded", happenedAt: now, subject, end: { reason: "check-first" } })];
}

function fireCheckFailing(
  host: HostState,
  service: ServiceState,
  { scene, refusal }: { readonly scene: HostScene; readonly refusal?: ProposalRefusal },
): EffectDraft {
  return signalEffect({
    kind: "firing",
    happenedAt: Math.min(scene.now, ...valuesOf(service.failing).map(({ sinceAt }) => sinceAt)),
    subject: subjectOf(host, service.service),
    reason: "check-failing",
    severity: firingSeverityOf(service, scene.policy),
    title: `${service.service} is failing on ${host.name}`,
    evidence: failureEvidence(host, service),
    proposalRequestId: service.proposal?.requestId ?? null,
    restarts: restartsOf(service, scene),
    ...(refusal === undefined ? {} : { refusal }),
  });
}

function clearCheckFailing(host: HostState, service: ServiceState, why: Evidence): ServiceChange {
  return {
    service: withAsking({ ...service, isFiring: false }, { askAt: null }),
    effects: [
      signalEffect({
        kind: "cleared",
        happenedAt: why.at,
        subject: subjectOf(host, service.service),
        reason: "check-failing",
        evidence: [why],
      }),
    ],
  };
}
