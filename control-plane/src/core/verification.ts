// Verification: whether health was reached after an action that succeeded, and held for the whole stability window. Pure.
// The rule: all checks of severity error or critical must pass within SETTLE_MS of the outcome (a restarted service may need a
// moment, and its old failures may still be on the way). The stability window runs from that instant. From then on one failing
// result ends it as ineffective. While the host is silent nothing is judged; after its return the window goes on, and what
// happened to the service in between is known only from the digest that follows.
import { formatDuration } from "@countersign/shared/duration";
import { climbAfterIneffective } from "./ladder.ts";
import { fireIneffective } from "./rules/remediation-ineffective.ts";
import { isReportMissing } from "./services.ts";
import type { HostState, ServiceState } from "./shard-state.ts";
import { type HostScene, type ServiceStep, signalEffect, subjectOf } from "./shard-step.ts";
import type { Evidence } from "./signal.ts";

/** How long a service may take to turn all its checks green after the action: several periods of the slowest usual check. */
export const SETTLE_MS = 60_000;

type Verification = NonNullable<ServiceState["verification"]>;

/** Starts the verification of a grant whose execution succeeded. */
export function startVerification(
  service: ServiceState,
  ran: { readonly grantId: string; readonly action: string | null },
  { now, policy }: HostScene,
): ServiceState {
  const { grantId, action } = ran;
  const untilAt = now + policy.verify.stabilityMs;
  const named = action === null ? {} : { action };
  return { ...service, verification: { grantId, startedAt: now, settledAt: null, untilAt, ...named } };
}

/** When the verification must be looked at if no report comes before. */
export function verificationDueAt(verification: Verification): number {
  return verification.settledAt === null ? verification.startedAt + SETTLE_MS : verification.untilAt;
}

/** Moves the verification of a service that may be judged now (`judgeableAt` in services.ts). */
export function judgeVerification(host: HostState, service: ServiceState, scene: HostScene): ServiceStep {
  if (service.verification === null) return { service, effects: [] };
  const verification = settle(service, service.verification, scene);
  const settled = verification === service.verification ? service : { ...service, verification };
  const failure = failureOf(host, settled, { verification, now: scene.now });
  if (failure !== null) return endIneffective(host, settled, { scene, verification, failure });
  const isHeld = verification.settledAt !== null && scene.now >= verification.untilAt;
  return isHeld ? endVerified(host, settled, verification) : { service: settled, effects: [] };
}

function settle(service: ServiceState, verification: Verification, { policy }: HostScene): Verification {
  if (verification.settledAt !== null || service.healthySinceAt === null) return verification;
  const settledAt = Math.max(verification.startedAt, service.healthySinceAt);
  if (settledAt >= verification.startedAt + SETTLE_MS) return verification;
  return { ...verification, settledAt, untilAt: settledAt + policy.verify.stabilityMs };
}

function failureOf(
  host: HostState,
  service: ServiceState,
  moment: { readonly verification: Verification; readonly now: number },
): Evidence | null {
  const { now, verification } = moment;
  const { settledAt, startedAt } = verification;
  if (isReportMissing(host, service)) return { at: now, text: "no report since the host reconnected" };
  if (settledAt === null) {
    const text = `health was not reached within ${formatDuration(SETTLE_MS)}`;
    return now >= startedAt + SETTLE_MS ? { at: startedAt + SETTLE_MS, text } : null;
  }
  // It may have failed and recovered while it could not be judged: then health began anew after it had settled.
  if (service.healthySinceAt !== null && service.healthySinceAt <= settledAt) return null;
  return {
    at: service.reportedAt,
    text: `health held for ${formatDuration(service.reportedAt - settledAt)} only`,
  };
}

function endIneffective(
  host: HostState,
  service: ServiceState,
  end: { readonly scene: HostScene; readonly verification: Verification; readonly failure: Evidence },
): ServiceStep {
  const { scene, verification, failure } = end;
  const ended = { ...service, verification: null, isIneffectiveFiring: true };
  return {
    service: climbAfterIneffective(ended, { host, scene, action: verification.action }),
    effects: [
      signalEffect({
        kind: "verification",
        happenedAt: failure.at,
        subject: subjectOf(host, service.service),
        grantId: verification.grantId,
        result: "ineffective",
        evidence: [failure],
      }),
      fireIneffective(host, service, { scene, happenedAt: failure.at, why: failure }),
    ],
  };
}

function endVerified(host: HostState, service: ServiceState, verification: Verification): ServiceStep {
  const { grantId, settledAt, untilAt } = verification;
  const length = formatDuration(untilAt - (settledAt ?? untilAt));
  return {
    service: { ...service, verification: null },
    effects: [
      signalEffect({
        kind: "verification",
        happenedAt: untilAt,
        subject: subjectOf(host, service.service),
        grantId,
        result: "verified",
        evidence: [{ at: untilAt, text: `all checks passed for ${length} after the action` }],
      }),
    ],
  };
}
