// How a host comes and goes: enrolled, connected, closed, announced absence; and what it is sent when it is back. Pure.
// Identity is the key: the shell has verified the hello before any of this runs.
import { formatDuration } from "@countersign/shared/duration";
import { namedAt, NONE_NAMED, withNamed } from "@countersign/shared/named";
import { clockOf } from "./clock-text.ts";
import { EMPTY_BOOK } from "./fact-book.ts";
import { seeHost } from "./liveness.ts";
import { admitBoot, judgeConflict } from "./rules/identity-conflict.ts";
import type { ShardContext, ShardEvent } from "./shard-events.ts";
import { resendsOf } from "./shard-grants.ts";
import type { Connection, HostState, ShardState } from "./shard-state.ts";
import {
  chainHost,
  type HostScene,
  type HostStep,
  joinEffects,
  NO_EFFECTS,
  noteEffect,
  type ShardStep,
  subjectOf,
} from "./shard-step.ts";

/** Adds a host to the register; idempotent by host id, and a new name is taken over. */
export function enrolHost(
  state: ShardState,
  enrolled: { readonly hostId: string; readonly name: string },
  { now }: ShardContext,
): ShardStep {
  const { hostId, name } = enrolled;
  const known = namedAt(state.hosts, hostId);
  if (known?.name === name) return { state, effects: [] };
  const host = known === undefined ? newHost(hostId, name, now) : { ...known, name };
  return { state: { ...state, hosts: withNamed(state.hosts, hostId, host) }, effects: [] };
}

/** A proven, admitted hello: it replaces the connection before, and is itself a sign of life. */
export function connectHost(host: HostState, connection: Connection, scene: HostScene): HostStep {
  const { address, probePort } = connection;
  const probe = address === null || probePort === null ? null : { address, port: probePort };
  return chainHost(
    withTags(host, connection.tags ?? []),
    (current) => admitBoot(current, connection.bootId, scene.now),
    (current) => seeHost({ ...current, connection, probe }, scene.now, scene),
    // Only now: a silence that was signalled is cleared under the reason it had.
    (current) => ({ host: { ...current, returnDueAt: null }, effects: [] }),
    (current) => judgeConflict(current, scene),
    (current) => ({ host: current, effects: resendsOf(current, scene) }),
  );
}

/** A socket closed: the host is not late before its deadline; a close of an older connection says nothing at all. */
export function disconnectHost(
  host: HostState,
  event: Extract<ShardEvent, { kind: "disconnected" }>,
  scene: HostScene,
): HostStep {
  if (host.connection?.connectionId !== event.connectionId) return { host, effects: [] };
  return chainHost(
    host,
    (current) => seeSign(current, event.lastSeenAt ?? current.lastSeenAt, scene),
    (current) => ({ host: { ...current, connection: null }, effects: [] }),
  );
}

/** A sign of life on the live connection: a frame, or a keepalive that the runtime remembers. */
export function seeSign(host: HostState, seenAt: number, scene: HostScene): HostStep {
  // Nearly always: it was up and is up, and nobody doubts who it is.
  if (host.liveness === "up" && host.refusedBoot === null)
    return { host: seenAt <= host.lastSeenAt ? host : { ...host, lastSeenAt: seenAt }, effects: NO_EFFECTS };
  const seen = seeHost(host, seenAt, scene);
  const judged = judgeConflict(seen.host, scene);
  const effects = joinEffects(seen.effects, judged.effects);
  if (host.liveness === "up" || judged.host.liveness !== "up") return { host: judged.host, effects };
  return { host: judged.host, effects: joinEffects(effects, resendsOf(judged.host, scene)) };
}

/** A frame that was refused is no sign of life. It is counted, and told with the first one of a connection. */
export function noteRefusedFrame(
  host: HostState,
  { reason }: { readonly reason: string },
  { now }: HostScene,
): HostStep {
  const { connection } = host;
  if (connection === null) return { host, effects: NO_EFFECTS };
  const framesRefused = (connection.framesRefused ?? 0) + 1;
  const text = `what this host sends is not understood here and changes nothing (${reason}): agent and control plane may differ in age`;
  const effects = framesRefused > 1 ? NO_EFFECTS : [noteEffect(subjectOf(host), now, text)];
  return { host: { ...host, connection: { ...connection, framesRefused } }, effects };
}

/** An announced absence: the host is not late before its own, bounded deadline. Its next hello ends it. */
export function takeLeave(
  host: HostState,
  leave: { readonly reason: string; readonly returnWithinMs: number },
  { now }: HostScene,
): HostStep {
  const returnDueAt = now + leave.returnWithinMs;
  const length = formatDuration(leave.returnWithinMs);
  const text = `announced ${leave.reason}: back within ${length}, by ${clockOf(returnDueAt)} UTC`;
  return { host: { ...host, returnDueAt }, effects: [noteEffect(subjectOf(host), now, text)] };
}

function withTags({ tags: _before, ...host }: HostState, tags: readonly string[]): HostState {
  return tags.length === 0 ? host : { ...host, tags };
}

function newHost(hostId: string, name: string, now: number): HostState {
  return {
    hostId,
    name,
    liveness: "unknown",
    sinceAt: now,
    lastSeenAt: 0,
    connection: null,
    probe: null,
    secondOpinion: "not-asked",
    returnDueAt: null,
    isSilenceFiring: false,
    refusedBoot: null,
    outcomesSeen: [],
    services: NONE_NAMED,
    book: EMPTY_BOOK,
  };
}
