// The whole core of a HostShard: one event in, the new state and all effects out. Pure.
// Silence is judged only by `sweep`, which brings every socket's last keepalive as the runtime remembers it: judged by the state
// alone, a host that pings would look silent. The effects stand in the order in which they are performed, after state, outbox
// (signals) and alarm were stored in one transaction.
import { namedAt, NONE_NAMED } from "@countersign/shared/values/named";
import { NO_RECORDS } from "@countersign/shared/values/records";
import { EMPTY_BOOK } from "../facts/fact-book.ts";
import { type EffectDraft, joinEffects, NO_EFFECTS, signalEffect } from "../words/effects.ts";
import { serviceOf } from "../words/subject.ts";
import type { FoundRecord } from "../words/unreadable-record.ts";
import { isAtRest, rememberRest } from "./at-rest.ts";
import { takeHostEvent, takeSweep } from "./decide-host.ts";
import { finishShard } from "./finish-decision.ts";
import { judgeShardBook, liftHostFreeze, liftShardFreeze } from "./host/host-facts.ts";
import { isSameButSeen } from "./host/same-host.ts";
import { changeHost, sceneOf, type ShardChange, type SharedChange } from "./host/shard-change.ts";
import type { HostEvent, ShardContext, ShardDecision, ShardEvent } from "./host/shard-events.ts";
import type { HostState, ShardState } from "./host/shard-state.ts";
import { dropExpiredGrants, takeGrant } from "./remedy/shard-grants.ts";
import { recallGrants } from "./remedy/shard-recall.ts";
import { tellCensus } from "./silence/census.ts";
import { lateAt } from "./silence/liveness.ts";
import { judgeOwnShare, noteDesk } from "./silence/own-share.ts";
import { enrolHost, retireHost } from "./silence/shard-connection.ts";
import { closeGap, wakeShard } from "./silence/shard-gap.ts";
import { takeTrustKnown } from "./trust/host-trust.ts";

/** Decides one event. A state that did not change is returned as it is; hosts that did not change keep their identity. */
export function decideShard(state: ShardState, event: ShardEvent, context: ShardContext): ShardDecision {
  return finishShard(tellCensus(closeGap(takeEvent(state, event, context), context), context), context);
}

/** A shard that knows no host yet; `epoch` is that of the object's life. */
export function emptyShard(shard: string, epoch: string): ShardState {
  return {
    shard,
    epoch,
    hosts: NO_RECORDS,
    graceUntilAt: 0,
    gapSinceAt: null,
    grants: NONE_NAMED,
    nextSequence: 1,
    book: EMPTY_BOOK,
    censusTold: 0,
    deskSilentSinceAt: null,
    fleetSilence: null,
  };
}

function takeEvent(state: ShardState, event: ShardEvent, context: ShardContext): ShardChange {
  switch (event.kind) {
    case "woke":
      return wakeShard(state, event, context);
    case "host-enrolled":
      return enrolHost(state, event, context);
    case "host-retired":
      return judgeOwnShare(retireHost(state, event.hostId), context);
    case "grant-issued":
      return takeGrant(state, event.grant, context);
    case "freeze-pulled":
      return recallGrants(state, event, context);
    case "sweep":
      return sweepShard(state, event, context);
    case "unreadable-found":
      return { state, effects: event.records.map((record) => tellUnreadable(state, record, context)) };
    case "desk-noted":
      return noteDesk(state, event.silentSinceAt, context);
    case "freeze-lifted":
      return liftFreezeOf(state, event, context);
    case "trust-known":
      return tellTrust(state, context);
    case "reported":
    case "trust-told":
    case "examined":
    case "outcome":
    case "facts":
    case "connected":
    case "boot-refused":
    case "disconnected":
    case "frame-refused":
    case "proposed":
    case "proposal-refused":
    case "leaving":
    case "second-opinion":
    case "flooded":
    case "asked-for":
      return takeOneHost(state, event, context);
  }
}

function tellTrust(before: ShardState, context: ShardContext): ShardChange {
  return before.hosts.values().reduce<ShardChange>(
    ({ effects, state }, { hostId }) => {
      const next = changeOneHost(state, hostId, (change) =>
        changeHost(change, (host) => takeTrustKnown(host, sceneOf(state, hostId, context))),
      );
      return { state: next.state, effects: joinEffects(effects, next.effects) };
    },
    { state: before, effects: NO_EFFECTS },
  );
}

function tellUnreadable(
  { shard }: ShardState,
  { kind: record, ...found }: Omit<FoundRecord, "part">,
  { now }: ShardContext,
): EffectDraft {
  return signalEffect({ kind: "unreadable", happenedAt: now, part: shard, record, ...found });
}

/** A freeze of the fleet is lifted in the shard's own book, another one in that of its host or service. */
function liftFreezeOf(
  state: ShardState,
  { scope, by }: Extract<ShardEvent, { kind: "freeze-lifted" }>,
  context: ShardContext,
): ShardChange {
  if (scope.kind === "fleet") return liftShardFreeze(state, by, context);
  return changeOneHost(state, scope.hostId, (change) =>
    changeHost(change, (host) => liftHostFreeze(host, { service: serviceOf(scope), by }, context)),
  );
}

// Whoever was seen again, or is not understood, may be the one with whom the silence of many begins or ends.
function takeOneHost(state: ShardState, event: HostEvent, context: ShardContext): ShardChange {
  const taken = changeOneHost(state, event.hostId, (change) => takeHostEvent(change, event, context));
  const before = state.hosts.get(event.hostId)?.liveness;
  const isFlip = taken.state.hosts.get(event.hostId)?.liveness !== before;
  return isFlip ? judgeOwnShare(taken, context) : taken;
}

function changeOneHost(
  state: ShardState,
  hostId: string,
  step: (change: SharedChange) => SharedChange,
): ShardChange {
  const before = state.hosts.get(hostId);
  if (before === undefined) return { state, effects: NO_EFFECTS };
  const { host, shared, effects } = step({ host: before, shared: state, effects: NO_EFFECTS });
  const hosts = host === before ? state.hosts : state.hosts.with(host.hostId, host);
  if (hosts === state.hosts && shared === state) return { state, effects };
  return { state: { ...shared, hosts }, effects };
}

function sweepShard(
  state: ShardState,
  { due, lastSeenAt }: Extract<ShardEvent, { kind: "sweep" }>,
  context: ShardContext,
): ShardChange {
  const changed: [string, HostState][] = [];
  const effects: EffectDraft[] = [];
  for (const host of hostsToJudge(state, due)) {
    const { hostId } = host;
    const seenAt = namedAt(lastSeenAt, hostId) ?? host.lastSeenAt;
    const resting = pingAtRest(host, seenAt, { state, context });
    const swept = resting === null ? takeSweep(host, seenAt, sceneOf(state, hostId, context)) : null;
    const after = resting ?? swept?.host ?? host;
    if (after !== host) changed.push([hostId, after]);
    if (swept !== null) effects.push(...swept.effects);
    if (swept?.effects.length === 0 && isSameButSeen(host, swept.host)) rememberRest(host, context.policy);
  }
  const hosts = changed.reduce((all, [hostId, host]) => all.with(hostId, host), state.hosts);
  const fleet = judgeOwnShare({ state: { ...state, hosts }, effects }, context);
  const judged = judgeShardBook(fleet, context);
  return dropExpiredGrants(judged, context);
}

function hostsToJudge({ hosts }: ShardState, due: readonly string[] | undefined): readonly HostState[] {
  if (due === undefined) return hosts.values();
  return due.flatMap((hostId) => hosts.get(hostId) ?? []);
}

// A host that is up, pings and has nothing to be judged is only seen; null: it must be judged.
function pingAtRest(
  host: HostState,
  seenAt: number,
  { state, context }: { readonly state: ShardState; readonly context: ShardContext },
): HostState | null {
  if (host.liveness !== "up" || host.refusedBoot !== null || host.unheard !== null) return null;
  if (host.flooding !== null) return null;
  if (!isAtRest(host, context)) return null;
  const seen = seenAt <= host.lastSeenAt ? host : { ...host, lastSeenAt: seenAt };
  const { graceUntilAt } = state;
  return context.now < lateAt(seen, { policy: context.policy, graceUntilAt }) ? seen : null;
}
