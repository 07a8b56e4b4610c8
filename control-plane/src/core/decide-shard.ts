// The whole core of a HostShard: one event in, the new state and all effects out. Pure.
// Silence is judged only by `sweep`, which brings every socket's last keepalive as the runtime remembers it: judged by the state
// alone, a host that pings would look silent. The effects stand in the order in which they are performed, after state, outbox
// (signals) and alarm were stored in one transaction.
import type { Fact } from "@countersign/shared/fact";
import { isAtRest, isSameButSeen, rememberRest } from "./at-rest.ts";
import { EMPTY_BOOK } from "./fact-book.ts";
import { isFleet } from "./freeze-scope.ts";
import {
  forgetServices,
  judgeHostBook,
  judgeShardBook,
  liftHostFreeze,
  liftShardFreeze,
  takeHostFacts,
  takeShardFacts,
} from "./host-facts.ts";
import { judgeSilence, lateAt, takeSecondOpinion } from "./liveness.ts";
import { judgeFleetSilence } from "./rules/fleet-silent.ts";
import { takeRefusedBoot } from "./rules/identity-conflict.ts";
import { sweepServices, takeReport } from "./service-rules.ts";
import { connectHost, disconnectHost, enrolHost, seeSign, takeLeave } from "./shard-connection.ts";
import type { ShardContext, ShardDecision, ShardEvent } from "./shard-events.ts";
import { closeGap, wakeShard } from "./shard-gap.ts";
import { dropExpiredGrants, takeGrant, takeOutcome } from "./shard-grants.ts";
import { takeProposal, takeProposalRefusal } from "./shard-proposal.ts";
import type { HostState, ServiceState, ShardState } from "./shard-state.ts";
import {
  chainHost,
  finishStep,
  type HostScene,
  type HostStep,
  sceneOf,
  type ServiceStep,
  type ShardStep,
  type StepEffect,
  stepHost,
} from "./shard-step.ts";

/** Decides one event. A state that did not change is returned as it is; hosts that did not change keep their identity. */
export function decideShard(state: ShardState, event: ShardEvent, context: ShardContext): ShardDecision {
  return finishStep(closeGap(takeEvent(state, event, context), context), context);
}

/** A shard that knows no host yet. */
export function emptyShard(shard: string): ShardState {
  return {
    shard,
    hosts: {},
    graceUntilAt: 0,
    gapSinceAt: null,
    grants: {},
    nextSequence: 1,
    book: EMPTY_BOOK,
    fleetSilence: null,
  };
}

function takeEvent(state: ShardState, event: ShardEvent, context: ShardContext): ShardStep {
  switch (event.kind) {
    case "woke":
      return wakeShard(state, event, context);
    case "host-enrolled":
      return enrolHost(state, event, context);
    case "grant-issued":
      return takeGrant(state, event.grant, context);
    case "sweep":
      return sweepShard(state, event.lastSeenAt, context);
    case "reported":
      return dropExpiredGrants(takeHostEvent(state, event, context), event.hostId, context);
    case "outcome":
      return decideOutcome(state, event, context);
    case "facts":
      return takeShardFacts(takeHostEvent(state, event, context), event, context);
    case "freeze-lifted":
      return isFleet(event)
        ? liftShardFreeze(state, event.by, context)
        : takeHostEvent(state, event, context);
    case "connected":
    case "boot-refused":
    case "disconnected":
    case "proposed":
    case "proposal-refused":
    case "leaving":
    case "second-opinion":
      return takeHostEvent(state, event, context);
  }
}

// Judged at once: the service may be healthy already, and nothing more is reported then before the next digest.
function decideOutcome(
  state: ShardState,
  event: Extract<ShardEvent, { kind: "outcome" }>,
  context: ShardContext,
): ShardStep {
  const taken = takeOutcome(takeHostEvent(state, event, context), event, context);
  const scene = sceneOf(taken.state, event.hostId, context);
  return stepHost(taken, event.hostId, (host) => sweepServices(host, scene));
}

type HostEvent = Extract<ShardEvent, { readonly hostId: string }>;

function takeHostEvent(
  state: ShardState,
  event: Exclude<HostEvent, { kind: "host-enrolled" }>,
  context: ShardContext,
): ShardStep {
  const scene = sceneOf(state, event.hostId, context);
  return stepHost({ state, effects: [] }, event.hostId, (host) => takeOfHost(host, event, scene));
}

function takeOfHost(
  host: HostState,
  event: Exclude<HostEvent, { kind: "host-enrolled" }>,
  scene: HostScene,
): HostStep {
  const seen = (current: HostState) => seeSign(current, scene.now, scene);
  switch (event.kind) {
    case "connected":
      return connectHost(host, event.connection, scene);
    case "boot-refused":
      return takeRefusedBoot(host, event.bootId, scene.now);
    case "disconnected":
      return disconnectHost(host, event, scene);
    case "second-opinion":
      return takeSecondOpinion(host, event.opinion, scene);
    case "outcome":
      return seen(host);
    case "leaving":
      return chainHost(host, seen, (current) => takeLeave(current, event, scene));
    case "reported":
      return chainHost(host, seen, (current) => takeReport(current, event, scene));
    case "facts":
      return chainHost(host, seen, (current) => takeFacts(current, event.facts, scene));
    case "freeze-lifted":
      return liftHostFreeze(host, event, scene);
    case "proposed":
      return chainHost(host, seen, (current) =>
        ofService(current, event.service, (service) =>
          takeProposal(current, service, { ...event, now: scene.now }),
        ),
      );
    case "proposal-refused":
      return chainHost(host, seen, (current) =>
        ofService(current, requestingService(current, event.requestId), (service) =>
          takeProposalRefusal(current, service, { ...event, now: scene.now }),
        ),
      );
  }
}

// What fires now may hold back what was proposed.
function takeFacts(host: HostState, facts: readonly Fact[], scene: HostScene): HostStep {
  const taken = takeHostFacts(host, facts, scene);
  if (taken.effects.length === 0) return taken;
  const judged = sweepServices(taken.host, scene);
  return { host: judged.host, effects: [...taken.effects, ...judged.effects] };
}

function ofService(
  host: HostState,
  name: string | null,
  step: (service: ServiceState) => ServiceStep,
): HostStep {
  const before = name === null ? undefined : host.services[name];
  if (before === undefined) return { host, effects: [] };
  const { service, effects } = step(before);
  return { host: { ...host, services: { ...host.services, [service.service]: service } }, effects };
}

function requestingService(host: HostState, requestId: string): string | null {
  const found = Object.values(host.services).find(({ proposal }) => proposal?.requestId === requestId);
  return found?.service ?? null;
}

// One pass that builds the hosts anew once: a shard has a thousand of them, and nearly all have a new keepalive and nothing else.
function sweepShard(
  state: ShardState,
  lastSeenAt: Readonly<Record<string, number>>,
  context: ShardContext,
): ShardStep {
  const hosts: Record<string, HostState> = {};
  const effects: StepEffect[] = [];
  for (const host of Object.values(state.hosts)) {
    const { hostId } = host;
    const seenAt = lastSeenAt[hostId] ?? host.lastSeenAt;
    const resting = pingAtRest(host, seenAt, { state, context });
    const step = resting === null ? sweepHost(host, seenAt, sceneOf(state, hostId, context)) : null;
    hosts[hostId] = resting ?? step?.host ?? host;
    if (step !== null) effects.push(...step.effects);
    if (step?.effects.length === 0 && isSameButSeen(host, step.host)) rememberRest(host, context.policy);
  }
  const fleet = judgeFleetSilence({ state: { ...state, hosts }, effects }, context);
  const judged = judgeShardBook(fleet, context);
  return dropExpiredGrants(judged, null, context);
}

// A host that is up, pings and has nothing to be judged is only seen; null: it must be judged.
function pingAtRest(
  host: HostState,
  seenAt: number,
  { state, context }: { readonly state: ShardState; readonly context: ShardContext },
): HostState | null {
  if (host.liveness !== "up" || host.refusedBoot !== null || !isAtRest(host, context)) return null;
  const seen = seenAt <= host.lastSeenAt ? host : { ...host, lastSeenAt: seenAt };
  const { graceUntilAt } = state;
  return context.now < lateAt(seen, { policy: context.policy, graceUntilAt }) ? seen : null;
}

function sweepHost(host: HostState, seenAt: number, scene: HostScene): HostStep {
  return chainHost(
    host,
    (current) => seeSign(current, seenAt, scene),
    (current) => judgeSilence(current, scene),
    (current) => judgeHostBook(current, scene),
    (current) => sweepServices(current, scene),
    forgetServices,
  );
}
