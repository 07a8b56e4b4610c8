// The ladder for a finding: a service whose checks pass and that makes no progress, or runs old code, may be acted on too, where the
// policy names an action for that reason. Pure. The ladder, the budget, the ceilings, the verification and the number of proposals
// are those of a failing check (core/shard/remedy/ladder.ts); no action named, none asked for.
// What a reader would get wrong: a service has one ladder at a time. A failing check is asked about first, and while a question or an act
// is open nothing else is.
import { isFiring } from "../../facts/fact-book.ts";
import { signalEffect } from "../../words/effects.ts";
import { askAgainAt, isCeiling } from "../../words/proposal-refusal.ts";
import { type HostScene, type ServiceChange, subjectOf } from "../host/shard-change.ts";
import type { HostState, ServiceState } from "../host/shard-state.ts";
import { findingToRemedy, nextRungAt, remedyReasonOf, withAsking } from "./ladder.ts";
import { isFreed, proposableAction, sendPropose } from "./shard-proposal.ts";

/** Asks the host for the next action where a finding wants one: when it begins, and when what was asked came to nothing. */
export function judgeRemedy(
  host: HostState,
  service: ServiceState,
  moment: { readonly scene: HostScene; readonly previous: ServiceState },
): ServiceChange {
  const { scene, previous } = moment;
  if (isFiring(service.book, "check-failing") || service.proposal !== null || service.verification !== null)
    return { service, effects: [] };
  const reason = findingToRemedy(host, service, scene.policy);
  if (reason === null) return { service, effects: [] };
  const rungAt = nextRungAt(service);
  const isDue =
    remedyReasonOf(service) !== reason ||
    previous.proposal !== null ||
    (rungAt !== null && scene.now >= rungAt) ||
    scene.grants.some((grant) => grant.service === service.service && grant.expiresAt <= scene.now) ||
    isFreed(host, service, scene);
  return isDue ? ask(host, service, { scene, reason }) : { service, effects: [] };
}

function ask(
  host: HostState,
  service: ServiceState,
  wanted: Parameters<typeof proposableAction>[2],
): ServiceChange {
  const { reason, scene } = wanted;
  const subject = subjectOf(host, service.service);
  const rung = proposableAction(host, service, wanted);
  if (!rung.ok) {
    const refusal = rung.error;
    const asking = { askAt: askAgainAt(refusal), isHeldBack: isCeiling(refusal), askedFor: reason };
    const refused = { kind: "proposal-refused", happenedAt: scene.now, subject } as const;
    return {
      service: withAsking(service, asking),
      effects: [signalEffect({ ...refused, requestId: "", refusal, reason })],
    };
  }
  const requestId = scene.newId("prq");
  const proposal = { requestId, requestedAt: scene.now, invocationId: null, ...rung.value };
  return {
    service: { ...withAsking(service, { askAt: null, askedAt: scene.now, askedFor: reason }), proposal },
    effects: [sendPropose(host, { service: service.service, requestId, action: rung.value.action })],
  };
}
