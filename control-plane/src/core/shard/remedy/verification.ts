// Verification: whether health was reached after an action that succeeded, and held for the whole stability window. Pure.
// The rule: all checks of severity error or critical must pass within SETTLE_MS of the outcome (a restarted service may need
// a moment, and its old failures may still be on the way; a unit that is being started is waited for within its own time
// first). The stability window runs from that instant. From then on one failing result, or a check that hangs, ends it as
// ineffective. While the host is silent nothing is judged; after its return the window goes on, and what happened to the
// service in between is known only from the digest that follows.
import { startTimeoutOf } from "@countersign/shared/host/unit-run";
import { formatDuration } from "@countersign/shared/values/duration";
import { namedAt } from "@countersign/shared/values/named";
import type { RemediableReason } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import { signalEffect } from "../../words/effects.ts";
import type { Evidence } from "../../words/signal.ts";
import { checksPassSinceAt, isReportMissing } from "../host/services.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { forgiven } from "../host/tallies.ts";
import { unitRunsSinceAt } from "../host/unit-run.ts";
import { withoutRelapse } from "./check-episode.ts";
import { climbAfterIneffective, remedyReasonOf } from "./ladder.ts";
import { fireIneffective } from "./remediation-ineffective.ts";

/** How long a service may take to turn all its checks green after the action: several periods of the slowest usual check. */
export const SETTLE_MS = 60_000;

/** How long the finding that the action was for may last after it: one over a window is not gone before the window has passed. */
export function settleMsOf(reason: RemediableReason, { rules, verify }: Policy): number {
  switch (reason) {
    case "check-failing":
    case "stale-code":
      return SETTLE_MS;
    case "startup-death":
      return SETTLE_MS + verify.stabilityMs;
    case "no-progress":
    case "success-rate-low":
    case "latency-high":
      return SETTLE_MS + rules[reason].window;
  }
}

type Verification = NonNullable<ServiceState["verification"]>;

/** Starts the verification of a grant whose execution succeeded. */
export function startVerification(
  service: ServiceState,
  ran: { readonly grantId: string; readonly action: string | null },
  { now, policy }: HostScene,
): ServiceState {
  const { grantId, action } = ran;
  const untilAt = now + policy.verify.stabilityMs;
  const reason = remedyReasonOf(service);
  const verification = { grantId, startedAt: now, settledAt: null, untilAt, action, reason };
  // What failed before it says nothing of what came of it.
  const tallies = forgiven(service.tallies);
  const begun = { ...withoutRelapse(service), verification };
  return tallies === undefined ? begun : { ...begun, tallies };
}

/** When the verification must be looked at if no report comes before. */
export function verificationDueAt(service: ServiceState, verification: Verification, policy: Policy): number {
  const { settledAt, untilAt } = verification;
  return settledAt === null ? settleByAt(service, verification, policy) : untilAt;
}

/** Until when what the action was for must be over. */
function settleByAt(service: ServiceState, { reason, startedAt }: Verification, policy: Policy): number {
  return startEndsAt(service, startedAt) + settleMsOf(reason, policy);
}

// When a start within the unit's own time is over, or was; that of a run which systemd itself starts again and again is not
// waited for.
function startEndsAt(service: ServiceState, beganAt: number): number {
  const { report, start } = service;
  const { unit } = report;
  if (unit === null || unit.restartCount > 0) return beganAt;
  const latestAt = beganAt + startTimeoutOf(unit);
  const endsAt = start === undefined ? (unitRunsSinceAt(service) ?? beganAt) : start.untilAt;
  return Math.min(Math.max(beganAt, endsAt), latestAt);
}

/** Moves the verification of a service that may be judged now (`judgeableAt` in services.ts). */
export function judgeVerification(host: HostState, service: ServiceState, scene: HostScene): ServiceChange {
  if (service.verification === null) return { service, effects: [] };
  const verification = settle(service, service.verification, scene);
  const settled = verification === service.verification ? service : { ...service, verification };
  const failure = failureOf(host, settled, { verification, scene });
  if (failure !== null) return endIneffective(host, settled, { scene, verification, failure });
  const isHeld = verification.settledAt !== null && scene.now >= verification.untilAt;
  return isHeld ? endVerified(host, settled, verification) : { service: settled, effects: [] };
}

function settle(service: ServiceState, verification: Verification, { now, policy }: HostScene): Verification {
  const { reason, startedAt } = verification;
  const wellAt = wellAtFor(service, reason, now);
  if (verification.settledAt !== null || wellAt === null) return verification;
  const settledAt = Math.max(startedAt, wellAt);
  if (settledAt >= settleByAt(service, verification, policy)) return verification;
  return { ...verification, settledAt, untilAt: settledAt + policy.verify.stabilityMs };
}

// Since when what the action was for is over, as far as it is known now; null: it is not. A finding is over when it is seen to be.
function wellAtFor(service: ServiceState, reason: RemediableReason, now: number): number | null {
  if (reason === "check-failing") return service.healthySinceAt;
  // Of a service without checks the finding says it alone.
  return isOver(service, reason) && checksPassSinceAt(service) !== null ? now : null;
}

function isOver({ book }: ServiceState, reason: RemediableReason): boolean {
  return reason === "check-failing" || namedAt(book.firing, reason) === undefined;
}

function failureOf(
  host: HostState,
  service: ServiceState,
  moment: { readonly verification: Verification; readonly scene: HostScene },
): Evidence | null {
  const { scene, verification } = moment;
  const { now, policy } = scene;
  const { settledAt, startedAt, reason } = verification;
  const byAt = settleByAt(service, verification, policy);
  if (isReportMissing(host, service)) return { at: now, text: "no report since the host reconnected" };
  if (settledAt === null) {
    const what = isOver(service, reason) ? "health was not reached" : `${reason} was not over`;
    const text = `${what} within ${formatDuration(byAt - startedAt)}`;
    return now >= byAt ? { at: byAt, text } : null;
  }
  if (reason !== "check-failing") {
    const what = isOver(service, reason) ? "health held" : `${reason} was over`;
    const text = `${what} for ${formatDuration(now - settledAt)} only`;
    return wellAtFor(service, reason, now) === null ? { at: now, text } : null;
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
): ServiceChange {
  const { scene, verification, failure } = end;
  const told = signalEffect({
    kind: "verification",
    happenedAt: failure.at,
    subject: subjectOf(host, service.service),
    grantId: verification.grantId,
    result: "ineffective",
    evidence: [failure],
    ...wellSince(verification),
  });
  const fired = fireIneffective(host, { ...service, verification: null }, { scene, why: failure });
  return {
    service: climbAfterIneffective(fired.service, { host, scene, action: verification.action }),
    effects: [told, ...fired.effects],
  };
}

function endVerified(host: HostState, service: ServiceState, verification: Verification): ServiceChange {
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
        evidence: [{ at: untilAt, text: `${heldText(verification)} for ${length} after the action` }],
        ...wellSince(verification),
      }),
    ],
  };
}

function wellSince({ settledAt }: Verification): { readonly wellAt?: number } {
  return settledAt === null ? {} : { wellAt: settledAt };
}

function heldText({ reason }: Verification): string {
  return reason === "check-failing" ? "all checks passed" : `all checks passed and ${reason} was over`;
}
