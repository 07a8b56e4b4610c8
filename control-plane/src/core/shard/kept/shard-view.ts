// One host at a time: the part of a shard that an event about one host can read or change, so that deciding it costs the same with
// a thousand hosts as with one. Whoever holds a shard decides in view and takes the view back; the decision itself knows nothing of it.
// What a reader would get wrong: a view's alarm is that of its host, its grants and the shard's book. The other hosts' deadlines are
// armed already, and an armed alarm is moved only forward, so nothing is missed; a sweep sees all hosts and arms anew.
// `takeView` is the one place of the core that changes a state in place: copying a record of a thousand hosts costs up to half a
// millisecond in V8, forty times the decision. It therefore belongs to holders of a shard only.
import { entriesOf, named, namedAt, namedFrom, NONE_NAMED, setNamed } from "@countersign/shared/values/named";
import type { ShardEvent } from "../host/shard-events.ts";
import type { HostState, ShardState } from "../host/shard-state.ts";

/** The state in which the event is to be decided: the one host's view, or the very same state when others may be concerned. */
export function viewFor(event: ShardEvent, state: ShardState): ShardState {
  const hostId = hostIdOf(event);
  // A gap of ours closes with the last host that was not seen since: that takes all of them.
  if (hostId === null || state.gapSinceAt !== null) return state;
  const host = namedAt(state.hosts, hostId);
  return { ...state, hosts: host === undefined ? NONE_NAMED : named({ [hostId]: host }) };
}

/** The state with these hosts alone. */
export function viewOf(hostIds: readonly string[], state: ShardState): ShardState {
  const hosts = hostIds.flatMap((hostId): [string, HostState][] => {
    const host = namedAt(state.hosts, hostId);
    return host === undefined ? [] : [[hostId, host]];
  });
  return { ...state, hosts: namedFrom(hosts) };
}

/** The whole state after a decision in view; `state` is the holder's own and must not be used any more. */
export function takeView(state: ShardState, before: ShardState, after: ShardState): ShardState {
  if (before === state) return after;
  for (const [hostId, host] of entriesOf(after.hosts)) setNamed(state.hosts, hostId, host);
  return { ...after, hosts: state.hosts };
}

function hostIdOf(event: ShardEvent): string | null {
  if (event.kind === "grant-issued") return event.grant.hostId;
  // A view cannot say that a host is gone.
  if (event.kind === "host-retired") return null;
  return "hostId" in event ? event.hostId : null;
}
