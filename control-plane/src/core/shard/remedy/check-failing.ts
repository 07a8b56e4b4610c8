// Rule `check-failing`: a check of severity error or critical failed N times in a row, and the first failure is old enough. Pure.
// It fires once; it is told again only when the severity changes, when the proposal that came with it ended without an outcome and the
// service still fails, or when what held a question back is over (a new one is asked for, as long as the restart budget and the number
// of proposals last). After an outcome that did not help nothing is proposed again before the service recovered: automation stops
// itself.
import type { Policy } from "@countersign/shared/policy/policy";
import { entriesOf, namedAt, valuesOf } from "@countersign/shared/values/named";
import type { Severity } from "@countersign/shared/wire/service-report";
import { isFiring } from "../../facts/fact-book.ts";
import type { Finding } from "../../facts/rules/rule.ts";
import { signalEffect, type EffectDraft } from "../../words/effects.ts";
import { askAgainAt, isCeiling } from "../../words/proposal-refusal.ts";
import type { Evidence, ProposalRefusal } from "../../words/signal.ts";
import { failureEvidence } from "../host/service-words.ts";
import { severityOf } from "../host/services.ts";
import { settleService } from "../host/settle.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { nextRungAt, withAsking } from "./ladder.ts";
import { isFreed, proposableAction, sendPropose } from "./shard-proposal.ts";

const REASON = "check-failing";

interface Moment {
  readonly scene: HostScene;
  /** the service before this event */
  readonly previous: ServiceState;
}

/** When the rule's condition is true and held, as the state stands; null while too few results failed. */
export function checkFailingAt(service: ServiceState, policy: Policy): number | null {
  if (!policy.rules[REASON].enabled) return null;
  const { failuresMin, heldMs } = policy.checkFailing;
  let nearest: number | null = null;
  for (const check in service.failing) {
    const failure = namedAt(service.failing, check);
    if (failure === undefined || failure.count < failuresMin) continue;
    nearest = Math.min(nearest ?? Number.POSITIVE_INFINITY, failure.sinceAt + heldMs);
  }
  return nearest;
}

/** Fires, and clears as soon as all checks pass; the desk waits before it resolves. */
export function judgeCheckFailing(host: HostState, service: ServiceState, moment: Moment): ServiceChange {
  const { scene } = moment;
  const { now, policy } = scene;
  if (!isFiring(service.book, REASON)) {
    const dueAt = checkFailingAt(service, policy);
    return dueAt === null || now < dueAt ? { service, effects: [] } : tellWithQuestion(host, service, scene);
  }
  if (!policy.rules[REASON].enabled)
    return clear(host, service, { scene, over: { at: now, text: "the rule was turned off in the policy" } });
  if (service.healthySinceAt !== null)
    return clear(host, service, { scene, over: { at: service.healthySinceAt, text: "all checks pass" } });
  return isToldAgain(host, service, moment) ? tellAgain(host, service, scene) : { service, effects: [] };
}

// A changed severity, a permission that ended without an outcome, or an obstacle that is gone.
function isToldAgain(host: HostState, service: ServiceState, { previous, scene }: Moment): boolean {
  const { grants, now, policy } = scene;
  const isProposalOver = previous.proposal !== null && service.proposal === null;
  const isGrantOver = grants.some((grant) => grant.service === service.service && grant.expiresAt <= now);
  const rungAt = nextRungAt(service);
  const isRungDue = rungAt !== null && now >= rungAt;
  if (isProposalOver || isGrantOver || isRungDue || isFreed(host, service, scene)) return true;
  // While too few results failed in a row, what was told stands.
  const isHeld = checkFailingAt(service, policy) !== null;
  return isHeld && namedAt(service.book.firing, REASON)?.severity !== firingSeverityOf(service, policy);
}

function tellAgain(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  return service.proposal === null
    ? tellWithQuestion(host, service, scene)
    : tell(host, service, { scene, refusal: null });
}

// The severity that a firing signal carries: the highest of the checks that failed often enough.
function firingSeverityOf(service: ServiceState, policy: Policy): Severity {
  const failed = entriesOf(service.failing).filter(
    ([, { count }]) => count >= policy.checkFailing.failuresMin,
  );
  return severityOf(
    service,
    failed.map(([check]) => check),
  );
}

function tellWithQuestion(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  const action = proposableAction(host, service, { scene, reason: REASON });
  if (!action.ok) {
    const refusal = action.error;
    const asking = { askAt: askAgainAt(refusal), isHeldBack: isCeiling(refusal) };
    return tell(host, withAsking(service, asking), { scene, refusal });
  }
  const requestId = scene.newId("prq");
  const asked: ServiceState = {
    ...withAsking(service, { askAt: null, askedAt: scene.now, askedFor: REASON }),
    proposal: { requestId, requestedAt: scene.now, invocationId: null, ...action.value },
  };
  const told = tell(host, asked, { scene, refusal: null });
  return {
    service: told.service,
    effects: [
      ...endOther(host, service, scene),
      ...told.effects,
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

function tell(
  host: HostState,
  service: ServiceState,
  { scene, refusal }: { readonly scene: HostScene; readonly refusal: ProposalRefusal | null },
): ServiceChange {
  const says = {
    proposalRequestId: service.proposal?.requestId ?? null,
    ...(refusal === null ? {} : { refusal }),
  };
  const findings = [findingOf(host, service, scene)];
  const over = { at: scene.now, text: "all checks pass" };
  return settleService(host, service, {
    found: { reason: REASON, findings, over, isToldAnew: true, says },
    scene,
  });
}

function findingOf(host: HostState, service: ServiceState, { now, policy }: HostScene): Finding {
  return {
    severity: firingSeverityOf(service, policy),
    title: `${service.service} is failing on ${host.name}`,
    evidence: failureEvidence(host, service),
    happenedAt: Math.min(now, ...valuesOf(service.failing).map(({ sinceAt }) => sinceAt)),
    isRestartPointless: false,
    freezes: false,
  };
}

function clear(
  host: HostState,
  service: ServiceState,
  { over, scene }: { readonly over: Evidence; readonly scene: HostScene },
): ServiceChange {
  return settleService(host, withAsking(service, { askAt: null }), {
    found: { reason: REASON, findings: [], over },
    scene,
  });
}
