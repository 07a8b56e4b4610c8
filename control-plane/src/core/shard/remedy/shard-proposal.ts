// The one open proposal of a service: what the host answered, and when it no longer holds. Pure. It is asked for in core/shard/remedy/ask.ts.
// A proposal is bound to the InvocationID it was minted for. It ends when a grant is issued for it: from then on a new
// InvocationID is our own doing and supersedes nothing.
import { namedAt } from "@countersign/shared/values/named";
import type { RemediableReason } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import { signalEffect } from "../../words/effects.ts";
import type { AskRefusal, Ceiling, ProposalEnd } from "../../words/signal.ts";
import { policyOf } from "../host/host-policy.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { automationCeilingOf } from "./automation-ceiling.ts";
import { remedyReasonOf, unattendedBy } from "./ladder.ts";
import { settleMsOf } from "./verification.ts";

/** Takes in a minted proposal of the open request, which has been compared with what was asked; one that comes again is dropped. */
export function takeProposal(
  host: HostState,
  service: ServiceState,
  minted: {
    readonly proposal: string;
    readonly answered: { readonly level: number };
    readonly invocationId: string;
    readonly scene: Pick<HostScene, "now" | "policy">;
  },
): ServiceChange {
  const { answered, proposal, invocationId, scene } = minted;
  if (service.proposal === null || service.proposal.invocationId !== null) return { service, effects: [] };
  const { action, requestId } = service.proposal;
  const signal = signalEffect({
    kind: "proposed",
    happenedAt: scene.now,
    subject: subjectOf(host, service.service),
    requestId,
    asked: { action, level: answered.level },
    proposal,
    ...unattendedSignalOf(host, service, scene.policy),
    ...remedySignalOf(host, service, scene.policy),
  });
  return { service: { ...service, proposal: { ...service.proposal, invocationId } }, effects: [signal] };
}

// By the policy of now: it may have changed since the question was put, and then a person is asked.
function unattendedSignalOf(
  host: HostState,
  service: ServiceState,
  fleetPolicy: Policy,
): { readonly unattended?: { readonly action: string; readonly tags: readonly string[] } } {
  const { proposal } = service;
  if (proposal === null || !proposal.unattended) return {};
  const policy = policyOf(fleetPolicy, host, service.service);
  const wanted = { policy, reason: remedyReasonOf(service) };
  const action = unattendedBy(host, service, { action: proposal.action, wanted });
  return action === null ? {} : { unattended: { action, tags: host.tags ?? [] } };
}

function remedySignalOf(
  host: HostState,
  service: ServiceState,
  policy: Policy,
): { readonly reason: RemediableReason; readonly settleMs: number } {
  const reason = remedyReasonOf(service);
  return { reason, settleMs: settleMsOf(reason, policyOf(policy, host, service.service)) };
}

/** Takes in a no to the open request; after an answer it says nothing any more. */
export function takeProposalRefusal(
  host: HostState,
  service: ServiceState,
  refused: { readonly requestId: string; readonly refusal: AskRefusal; readonly now: number },
): ServiceChange {
  if (service.proposal?.requestId !== refused.requestId || service.proposal.invocationId !== null)
    return { service, effects: [] };
  const { requestId, refusal, now } = refused;
  const subject = subjectOf(host, service.service);
  return {
    service: { ...service, proposal: null },
    effects: [
      signalEffect({
        kind: "proposal-refused",
        happenedAt: now,
        subject,
        requestId,
        refusal,
        reason: remedyReasonOf(service),
      }),
    ],
  };
}

/**
 * Ends a proposal that no longer holds: the service recovered, was started anew by someone else, or nobody answered in time.
 * InvocationIDs are compared only after a report: a proposal may be minted for a start that the last report did not know yet.
 */
export function judgeProposal(
  host: HostState,
  service: ServiceState,
  moment: { readonly scene: HostScene; readonly isReported: boolean },
): ServiceChange {
  const { scene, isReported } = moment;
  const { proposal } = service;
  if (proposal === null) return { service, effects: [] };
  const ended = { ...service, proposal: null };
  // The desk expires its approval by itself, from the same policy.
  if (scene.now >= proposalEndsAt(service, scene.policy)) return { service: ended, effects: [] };
  const end =
    supersededBy(service, isReported ? proposal.invocationId : null) ?? heldBackBy(host, service, scene);
  if (end === null) return { service, effects: [] };
  if (proposal.invocationId === null) return { service: ended, effects: [] };
  const subject = subjectOf(host, service.service);
  return {
    service: ended,
    effects: [signalEffect({ kind: "superseded", happenedAt: scene.now, subject, end })],
  };
}

/** When an open proposal is given up; only for a service with one. */
export function proposalEndsAt({ proposal }: ServiceState, policy: Policy): number {
  return (proposal?.requestedAt ?? 0) + policy.approval.expiresAfterMs;
}

function heldBackBy(host: HostState, service: ServiceState, scene: HostScene): Ceiling | null {
  if (service.proposal === null) return null;
  const { action } = service.proposal;
  return automationCeilingOf(host, service, { action, shardBook: scene.shardBook });
}

function supersededBy(service: ServiceState, boundTo: string | null): ProposalEnd | null {
  if (isOver(service)) return { reason: "recovered" };
  const { unit } = service.report;
  // Against what was reported now, not the last id known: a dead process and an unloaded unit have none, and were minted so.
  if (boundTo === null || unit === null || unit.activeState === "unknown") return null;
  if (unit.invocationId === boundTo) return null;
  return { reason: unit.invocationId === "" ? "reset" : "started-anew" };
}

/** What the proposal was made for is over. */
function isOver(service: ServiceState): boolean {
  const reason = remedyReasonOf(service);
  return reason === "check-failing"
    ? service.healthySinceAt !== null
    : namedAt(service.book.firing, reason) === undefined;
}
