// Outcomes that come back from a host. Each is taken in once and acknowledged as often as it comes. Pure.
// What a reader would get wrong: a host that was sent a grant twice answers the second one with `nonce-used`. That says nothing about
// the execution, so it is a note and never an outcome.
import { entriesOf, hasNamed, namedAt, namedFrom, withNamed } from "@countersign/shared/values/named";
import { sameBy } from "@countersign/shared/values/same-by";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { PROTOCOL_VERSION } from "@countersign/shared/wire/protocol";
import type { PasskeyUsed } from "../facts/shard-fact.ts";
import { NO_EFFECTS, noteEffect, signalEffect, type EffectDraft } from "../words/effects.ts";
import { type ActSpan, actSpanOf, factOfOutcome } from "./host/derived-facts.ts";
import { takeHostFacts, takeShardFacts } from "./host/host-facts.ts";
import { hasRoomFor, unreportedService } from "./host/services.ts";
import {
  type HostScene,
  type SharedChange,
  sceneOfHost,
  subjectOf,
  changeHost,
} from "./host/shard-change.ts";
import type { ShardContext } from "./host/shard-events.ts";
import type { HostState, OutcomeMark, ServiceState, SharedState } from "./host/shard-state.ts";
import { climbAfterOutcome, remedyReasonOf } from "./remedy/ladder.ts";
import { startVerification } from "./remedy/verification.ts";
import { outcomeOtherwise, takeOtherwise } from "./shard-answer.ts";

/** Outcomes remembered per host, to tell a repeated one: twice what an agent can have spooled in one answer. */
export const OUTCOMES_SEEN_MAX = 64;

/** Takes in an outcome and acknowledges it; one that was seen before is only acknowledged again. */
export function takeOutcome(change: SharedChange, outcome: Outcome, context: ShardContext): SharedChange {
  const { host, shared, effects } = change;
  const { hostId } = host;
  const acknowledgement = acknowledge(hostId, outcome);
  if (host.outcomesSeen.some((mark) => isSameOutcome(mark, outcome)))
    return { host, shared, effects: [...effects, acknowledgement] };

  const isEcho = outcome.refusal === "nonce-used" && isOurGrant(shared, host, outcome.grantId);
  const marked = rememberOutcome(host, outcome);
  const scene = sceneOfHost(host, shared, { hostId, context });
  const otherwise = outcomeOtherwise(host, outcome, shared.grants);
  if (otherwise !== null) {
    const offended = takeOtherwise({ host: marked, effects: NO_EFFECTS }, otherwise, scene);
    return { host: offended.host, shared, effects: [...effects, ...offended.effects, acknowledgement] };
  }
  const span = spanOf(outcome, shared, context);
  const grants = isEcho
    ? shared.grants
    : namedFrom(entriesOf(shared.grants).filter(([id]) => id !== outcome.grantId));
  const taken: SharedChange = {
    host: isEcho ? marked : verifyOutcome(marked, outcome, { scene, span }),
    shared: { ...shared, grants },
    effects: [...effects, outcomeSignal(host, outcome, { isEcho, span, now: context.now }), acknowledgement],
  };
  const isRemedy = isRemedyOf(host, outcome);
  const judged = changeHost(taken, (after) => takeHostFacts(after, usesOf(outcome, context), context));
  const fact = isEcho ? null : factOfOutcome(outcome, { beganAt: span.beganAt, isRemedy });
  if (fact === null) return judged;
  const told = changeHost(judged, (after) => takeHostFacts(after, [fact], context));
  // What succeeded is judged by what becomes of health, and what was refused never ran: neither is a way to fail.
  const isFailure = outcome.status === "failed" || outcome.status === "timed-out";
  return isFailure ? takeShardFacts(told, [fact], context) : told;
}

/** What the host has verified of the passkeys that signed what ran. It may say of any that it has: of one that is none of the fleet's nobody hears. */
function usesOf({ signers = [] }: Outcome, { now: at, trust }: ShardContext): readonly PasskeyUsed[] {
  return signers.flatMap((signer): readonly PasskeyUsed[] => {
    if (signer.scheme !== "webauthn") return [];
    if (trust !== undefined && !trust.credentialIds.includes(signer.credentialId)) return [];
    const { counter, counterBefore = null, credentialId, person } = signer;
    return [{ kind: "passkey-used", service: null, at, person, credentialId, counter, counterBefore }];
  });
}

// Old code works, so what makes it new is no remedy of a failure; everything else is asked for because something fails.
function isRemedyOf({ services }: HostState, { service: name }: Outcome): boolean {
  const service = name === null ? undefined : namedAt(services, name);
  return service === undefined || remedyReasonOf(service) !== "stale-code";
}

function spanOf(outcome: Outcome, { grants }: SharedState, { now, policy }: ShardContext): ActSpan {
  const grant = outcome.grantId === null ? undefined : namedAt(grants, outcome.grantId);
  return actSpanOf(outcome, { now, grant, grantValidMs: policy.approval.grantValidMs });
}

function acknowledge(hostId: string, { sequence }: Outcome): EffectDraft {
  const message = { version: PROTOCOL_VERSION, type: "outcome-acknowledged", sequence } as const;
  return { kind: "send", hostId, message };
}

const isSameOutcome = sameBy<OutcomeMark>({ sequence: true, grantId: true, startedAt: true });

function isOurGrant({ grants }: SharedState, host: HostState, grantId: string | null): boolean {
  if (grantId === null) return false;
  return hasNamed(grants, grantId) || host.outcomesSeen.some((mark) => mark.grantId === grantId);
}

function rememberOutcome(host: HostState, { sequence, grantId, startedAt }: Outcome): HostState {
  const outcomesSeen = [...host.outcomesSeen, { sequence, grantId, startedAt }].slice(-OUTCOMES_SEEN_MAX);
  return { ...host, outcomesSeen };
}

// Health is verified from now on: what happened to the service before that is not known yet. What counts acts counts them when they ran.
function verifyOutcome(
  host: HostState,
  outcome: Outcome,
  { scene, span }: { readonly scene: HostScene; readonly span: ActSpan },
): HostState {
  const { status, grantId, service: name, action } = outcome;
  if (
    grantId === null ||
    name === null ||
    (status !== "succeeded" && namedAt(host.services, name) === undefined) ||
    !hasRoomFor(host, name)
  )
    return host;
  const before: ServiceState = namedAt(host.services, name) ?? unreportedService(name);
  const service = climbAfterOutcome(before, { host, outcome, scene, ranAt: span.beganAt });
  const next = status === "succeeded" ? startVerification(service, { grantId, action }, scene) : service;
  return next === namedAt(host.services, name)
    ? host
    : { ...host, services: withNamed(host.services, name, next) };
}

function outcomeSignal(
  host: HostState,
  outcome: Outcome,
  moment: { readonly isEcho: boolean; readonly span: ActSpan; readonly now: number },
): EffectDraft {
  const subject = subjectOf(host, outcome.service);
  if (moment.isEcho)
    return noteEffect(
      subject,
      moment.now,
      `grant ${outcome.grantId} reached the host again and was not run again`,
    );
  return signalEffect({ kind: "outcome", happenedAt: moment.span.endedAt, subject, outcome });
}
