// Self-doubt: what the shard concludes when it wakes and could not see for a while. Pure.
// Waking from hibernation, with every socket still there, changes nothing. A gap of our own gives every host a grace to
// reconnect in, and is stated in the history when it closes. An open gap that is woken into again (the grace outlives the memory of
// an idle shard) goes on: it starts no second grace, or an idle shard would never blame anybody.
import { formatDuration } from "@countersign/shared/values/duration";
import { recordsFrom } from "@countersign/shared/values/records";
import { clockOf } from "../../words/clock-text.ts";
import { noteEffect } from "../../words/effects.ts";
import { type ShardChange } from "../host/shard-change.ts";
import type { ShardContext, ShardEvent } from "../host/shard-events.ts";
import type { HostState, ShardState } from "../host/shard-state.ts";
import { clearGap, fireGap } from "./control-plane-gap.ts";
import { isNeverConnected } from "./liveness.ts";

/** Takes in a start of the shard's object: which sockets are left, and since when it was blind, as far as the shell knows. */
export function wakeShard(
  state: ShardState,
  event: Extract<ShardEvent, { kind: "woke" }>,
  context: ShardContext,
): ShardChange {
  const { now, policy } = context;
  const connected = new Set(event.connectedHostIds);
  const hosts = state.hosts.values();
  const isSocketLost = hosts.some((host) => hasLostSocket(host, connected));
  if (event.blindSinceAt === null && !isSocketLost) return { state, effects: [] };

  const isResumed = event.blindSinceAt === null && state.gapSinceAt !== null;
  const sinceAt = event.blindSinceAt ?? state.gapSinceAt ?? now;
  const entries = hosts.map((host): [string, HostState] => {
    const isBlamable = event.blindSinceAt !== null || hasLostSocket(host, connected);
    return [host.hostId, isBlamable && !connected.has(host.hostId) ? loseSight(host, sinceAt) : host];
  });
  const gapSinceAt = state.gapSinceAt ?? sinceAt;
  const blind = { ...state, hosts: recordsFrom(entries), gapSinceAt };
  if (isResumed) return { state: blind, effects: [] };
  const doubting = { ...blind, graceUntilAt: now + policy.liveness.reconnectGraceMs };
  return fireGap(doubting, { sinceAt: gapSinceAt, endAt: now }, context);
}

/** States the gap once nobody is unknown because of it any more: all were seen again, or are late. */
export function closeGap({ state, effects }: ShardChange, context: ShardContext): ShardChange {
  if (state.gapSinceAt === null) return { state, effects };
  const isOpen = state.hosts.values().some((host) => host.liveness === "unknown" && !isNeverConnected(host));
  if (isOpen) return { state, effects };
  // A grace that ran out is noticed a little later: what was seen by nobody ends with the grace.
  const endAt = Math.max(state.gapSinceAt, Math.min(context.now, state.graceUntilAt));
  const length = formatDuration(endAt - state.gapSinceAt);
  const text = `no data ${clockOf(state.gapSinceAt)}–${clockOf(endAt)} UTC (${length})`;
  const gap = { sinceAt: state.gapSinceAt, endAt };
  const closed = clearGap({ ...state, gapSinceAt: null }, gap, context);
  return {
    state: closed.state,
    effects: [...effects, noteEffect(null, gap.sinceAt, text), ...closed.effects],
  };
}

// Its socket was there when it was last stored, and is not now. A host whose close was seen is not lost, only disconnected.
function hasLostSocket(host: HostState, connected: ReadonlySet<string>): boolean {
  if (connected.has(host.hostId)) return false;
  return host.connection !== null || (host.liveness === "up" && host.lastSeenAt === 0);
}

// A host that is late or down already stays so: its silence began before the gap.
function loseSight(host: HostState, sinceAt: number): HostState {
  if (host.liveness !== "up") return host.connection === null ? host : { ...host, connection: null };
  // What was not heard before the gap was not heard up to it.
  const isDisconnected = (host.connection === null || host.unheard !== null) && host.lastSeenAt > 0;
  return {
    ...host,
    connection: null,
    liveness: "unknown",
    sinceAt,
    lastSeenAt: isDisconnected ? host.lastSeenAt : Math.max(host.lastSeenAt, sinceAt),
  };
}
