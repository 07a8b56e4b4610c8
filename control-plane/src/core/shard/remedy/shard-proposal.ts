// The one open proposal of a service: what the host answered, and when it no longer holds. Pure. It is asked for in core/shard/remedy/ask.ts.
// A proposal is bound to the boot and to the unit's state that it was minted for, by the definition by which the actuator admits a grant
// (shared/src/host/same-unit.ts): what it would refuse is not left open, but asked of it again. It ends when a grant is issued for it: from
// then on a new InvocationID is our own doing and supersedes nothing.
import { unitTurn } from "@countersign/shared/host/same-unit";
import { namedAt } from "@countersign/shared/values/named";
import type { RemediableReason } from "../../../policy/policy-override.ts";
import type { Policy } from "../../../policy/policy.ts";
import { signalEffect } from "../../words/effects.ts";
import { isRenewed, refusalCodeOf } from "../../words/proposal-refusal.ts";
import type { AskRefusal, Ceiling, ProposalEnd } from "../../words/signal.ts";
import { policyOf } from "../host/host-policy.ts";
import { isFailingNoMore } from "../host/services.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { BoundTo, HostState, ServiceState } from "../host/shard-state.ts";
import { askedByOf, askingOf } from "./ask.ts";
import { withoutRefused, withRefused, withRenewal } from "./asking.ts";
import { automationCeilingOf } from "./automation-ceiling.ts";
import { remedyReasonOf, unattendedBy } from "./ladder.ts";
import { endUnanswered } from "./person-ask.ts";
import { settleMsOf } from "./verification.ts";

/** Takes in a minted proposal of the open request, which has been compared with what was asked; one that comes again is dropped. */
export function takeProposal(
  host: HostState,
  service: ServiceState,
  minted: {
    readonly proposal: string;
    readonly answered: { readonly level: number };
    readonly boundTo: BoundTo;
    readonly scene: Pick<HostScene, "now" | "policy">;
  },
): ServiceChange {
  const { answered, boundTo, proposal, scene } = minted;
  if (service.proposal === null || service.proposal.boundTo !== null) return { service, effects: [] };
  const { action, requestId } = service.proposal;
  const signal = signalEffect({
    kind: "proposed",
    happenedAt: scene.now,
    subject: subjectOf(host, service.service),
    requestId,
    asked: { action, level: answered.level, reason: askingOf(host, service, service.proposal).reason },
    proposal,
    ...unattendedSignalOf(host, service, scene.policy),
    ...remedySignalOf(host, service, scene.policy),
    askedBy: askedByOf(service, service.proposal),
  });
  const answeredService = withoutRefused(service);
  return { service: { ...answeredService, proposal: { ...service.proposal, boundTo } }, effects: [signal] };
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

/**
 * Takes in a no to the open request; after an answer it says nothing any more. The ladder's question is put again after a pause, and the same
 * no to it is told once.
 */
export function takeProposalRefusal(
  host: HostState,
  service: ServiceState,
  refused: {
    readonly requestId: string;
    readonly refusal: AskRefusal;
    readonly scene: Pick<HostScene, "now" | "policy">;
  },
): ServiceChange {
  if (service.proposal?.requestId !== refused.requestId || service.proposal.boundTo !== null)
    return { service, effects: [] };
  const { requestId, refusal, scene } = refused;
  const { askedBy } = service.proposal;
  const ended = { ...service, proposal: null };
  const code = refusalCodeOf(refusal);
  const isTold = askedBy === undefined && service.ladder?.refused?.code === code;
  const signal = signalEffect({
    kind: "proposal-refused",
    happenedAt: scene.now,
    subject: subjectOf(host, service.service),
    requestId,
    refusal,
    reason: remedyReasonOf(service),
    askedBy: askedByOf(service, service.proposal),
  });
  return {
    service: askedBy === undefined ? withRefused(ended, { code, scene }) : ended,
    effects: isTold ? [] : [signal],
  };
}

/**
 * Ends a proposal that no longer holds: the service recovered, its state is another one, or nobody answered in time. In the last two cases
 * the question is not over, and the host is asked anew. States are compared only after a report: a proposal may be minted for one that the
 * last report did not know yet.
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
  if (scene.now >= proposalEndsAt(service, scene.policy))
    return {
      service: renewedUnlessAsked(ended, proposal),
      effects: endUnanswered(host, service, { refusal: { reason: "no-answer" }, scene }),
    };
  const held = heldBackBy(host, service, scene);
  const end = supersededBy(host, service, isReported ? proposal.boundTo : null) ?? held;
  if (end === null) return { service, effects: [] };
  if (proposal.boundTo === null) {
    const refusal = held ?? ({ reason: "no-answer" } as const);
    return { service: ended, effects: endUnanswered(host, service, { refusal, scene }) };
  }
  const subject = subjectOf(host, service.service);
  return {
    service: isRenewed(end) ? renewedUnlessAsked(ended, proposal) : ended,
    effects: [signalEffect({ kind: "superseded", happenedAt: scene.now, subject, end })],
  };
}

/** What a person asked for is not asked of the host again by itself. */
function renewedUnlessAsked(
  ended: ServiceState,
  { askedBy }: NonNullable<ServiceState["proposal"]>,
): ServiceState {
  return askedBy === undefined ? withRenewal(ended) : ended;
}

/** When an open proposal is given up; only for a service with one. */
export function proposalEndsAt({ proposal }: ServiceState, policy: Policy): number {
  return (proposal?.requestedAt ?? 0) + policy.approval.expiresAfterMs;
}

function heldBackBy(host: HostState, service: ServiceState, scene: HostScene): Ceiling | null {
  if (service.proposal === null) return null;
  const { action, askedBy } = service.proposal;
  const ceiling = automationCeilingOf(host, service, { ...scene, action });
  // Whether restarting is the fix is the person's to judge who asked for it.
  return askedBy !== undefined && ceiling?.reason !== "frozen" ? null : ceiling;
}

function supersededBy(host: HostState, service: ServiceState, boundTo: BoundTo | null): ProposalEnd | null {
  // A person may want it for another reason than the shard knows of.
  if (service.proposal?.askedBy === undefined && isOver(service)) return { reason: "recovered" };
  if (boundTo === null) return null;
  if (host.connection !== null && host.connection.bootId !== boundTo.bootId) return { reason: "rebooted" };
  const { unit } = service.report;
  // Against what was reported now, not the last id known: a dead process and an unloaded unit have none, and were minted so.
  const turn = unit === null ? null : unitTurn(boundTo.unit, unit);
  // What cannot be seen now would be minted as unseen.
  return turn === null || turn === "unseen" ? null : { reason: turn };
}

/** What the proposal was made for is over. */
function isOver(service: ServiceState): boolean {
  const reason = remedyReasonOf(service);
  return reason === "check-failing"
    ? isFailingNoMore(service)
    : namedAt(service.book.firing, reason) === undefined;
}
