// How a host comes and goes: enrolled, connected, closed, announced absence; and what it is sent when it is back. Pure.
// Identity is the key: the shell has verified the hello before any of this runs.
import { formatDuration } from "@countersign/shared/values/duration";
import { NONE_NAMED, entriesOf, namedFrom } from "@countersign/shared/values/named";
import { EMPTY_BOOK } from "../../facts/fact-book.ts";
import { clockOf } from "../../words/clock-text.ts";
import { NO_EFFECTS, noteEffect } from "../../words/effects.ts";
import { interrupted } from "../host/check-past.ts";
import {
  chainHost,
  type HostScene,
  type HostChange,
  type ShardChange,
  subjectOf,
} from "../host/shard-change.ts";
import type { ShardContext, ShardEvent } from "../host/shard-events.ts";
import type { Connection, HostState, ShardState } from "../host/shard-state.ts";
import { awaitDigest, seeSign } from "./heard.ts";
import { endFloodReturn } from "./host-flooding.ts";
import { admitBoot, judgeConflict } from "./identity-conflict.ts";

/** Adds a host to the register; idempotent by host id, and a new name is taken over. */
export function enrolHost(
  state: ShardState,
  enrolled: { readonly hostId: string; readonly name: string },
  { now }: ShardContext,
): ShardChange {
  const { hostId, name } = enrolled;
  const known = state.hosts.get(hostId);
  if (known?.name === name) return { state, effects: [] };
  const host = known === undefined ? newHost(hostId, name, now) : { ...known, name };
  return { state: { ...state, hosts: state.hosts.with(hostId, host) }, effects: [] };
}

/** Forgets a host and its grants. */
export function retireHost(state: ShardState, hostId: string): ShardChange {
  if (state.hosts.get(hostId) === undefined) return { state, effects: NO_EFFECTS };
  const hosts = state.hosts.without(hostId);
  const grants = namedFrom(entriesOf(state.grants).filter(([, grant]) => grant.hostId !== hostId));
  return { state: { ...state, hosts, grants }, effects: NO_EFFECTS };
}

/** A proven, admitted hello: it replaces the connection before, and is no sign of life by itself. */
export function connectHost(host: HostState, connection: Connection, scene: HostScene): HostChange {
  const { address, probePort } = connection;
  const probe = address === null || probePort === null ? null : { address, port: probePort };
  const { lateAfterMs } = scene.policy.liveness;
  return chainHost(
    interrupted(listedOf(host, connection), scene.now, lateAfterMs),
    (current) => admitBoot(current, connection.bootId, scene.now),
    (current) => {
      const back = endFloodReturn({ ...current, connection, probe });
      return { host: awaitDigest(back, scene.now), effects: NO_EFFECTS };
    },
    (current) => judgeConflict(current, scene),
  );
}

/** A socket closed: the host is not late before its deadline; a close of an older connection says nothing at all. */
export function disconnectHost(
  host: HostState,
  event: Extract<ShardEvent, { kind: "disconnected" }>,
  scene: HostScene,
): HostChange {
  if (host.connection?.connectionId !== event.connectionId) return { host, effects: [] };
  return chainHost(
    host,
    (current) => seeSign(current, event.lastSeenAt ?? current.lastSeenAt, scene),
    (current) => ({ host: { ...current, connection: null }, effects: [] }),
  );
}

/** An announcement that moves the deadline by less than this is the same one again. */
const SAME_LEAVE_MS = 10_000;
/** One that moves it by less than this is taken, and not noted. */
const LEAVE_NOTED_FROM_MS = 60_000;

/**
 * An announced absence: the host is not late before its own, bounded deadline. Its next hello ends it. Of a host that is not heard it is
 * only noted: it would put off the page that says so. One that is announced again replaces the one before.
 */
export function takeLeave(
  host: HostState,
  leave: { readonly reason: string; readonly returnWithinMs: number },
  { now }: HostScene,
): HostChange {
  const returnDueAt = now + leave.returnWithinMs;
  const movedMs = Math.abs(returnDueAt - (host.returnDueAt ?? Number.NEGATIVE_INFINITY));
  const isNews = leave.reason === "retired" && host.saysRetired !== true;
  const said = isNews ? { ...host, saysRetired: true as const } : host;
  if (movedMs < SAME_LEAVE_MS) return { host: said, effects: NO_EFFECTS };
  const announced = said.unheard === null ? { ...said, returnDueAt } : said;
  if (movedMs < LEAVE_NOTED_FROM_MS) return { host: announced, effects: NO_EFFECTS };
  const length = formatDuration(leave.returnWithinMs);
  const text = `announced ${leave.reason}: back within ${length}, by ${clockOf(returnDueAt)} UTC`;
  return { host: announced, effects: [noteEffect(subjectOf(host), now, text)] };
}

/** What its catalogue says of it, which outlives the connection. */
function listedOf(host: HostState, connection: Connection): HostState {
  return withTitles(withListed(withTags(host, connection.tags ?? []), connection), connection);
}

function withTags({ tags: _before, ...host }: HostState, tags: readonly string[]): HostState {
  return tags.length === 0 ? host : { ...host, tags };
}

function withListed({ listed: _before, ...host }: HostState, { catalogue }: Connection): HostState {
  const listed = [...new Set(catalogue.map(({ service }) => service))].toSorted();
  return listed.length === 0 ? host : { ...host, listed };
}

// A title that is the name again says nothing.
function withTitles({ titles: _before, ...host }: HostState, { catalogue }: Connection): HostState {
  const said = catalogue.filter(({ service, title }) => title !== "" && title !== service);
  if (said.length === 0) return host;
  return { ...host, titles: namedFrom(said.map(({ service, title }) => [service, title] as const)) };
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
    unheard: null,
    returnDueAt: null,
    refusedBoot: null,
    flooding: null,
    outcomesSeen: [],
    services: NONE_NAMED,
    book: EMPTY_BOOK,
  };
}
