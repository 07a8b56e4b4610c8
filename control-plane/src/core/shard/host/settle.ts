// What fires for a service, a host and the whole shard, each in the book of its own. Pure. Rules of a shard's own state say here what is
// wrong now; whether that is told, told again or cleared is decided in core/facts/firing.ts, for them as for the rules over facts.
import { type Found, settleFindings } from "../../facts/firing.ts";
import { fleetSubjectOf } from "../../words/subject.ts";
import { restartsOf } from "./service-words.ts";
import {
  type HostChange,
  type HostScene,
  type ServiceChange,
  type ShardChange,
  subjectOf,
} from "./shard-change.ts";
import type { ShardContext } from "./shard-events.ts";
import type { HostState, ServiceState, ShardState } from "./shard-state.ts";

type Moment = Pick<ShardContext, "now" | "policy">;

/** Settles what was found about a service; `scene` has the policy of the service. */
export function settleService(
  host: HostState,
  service: ServiceState,
  { found, scene }: { readonly found: Found; readonly scene: HostScene },
): ServiceChange {
  const { now, policy } = scene;
  const about = { subject: subjectOf(host, service.service), restarts: restartsOf(service, scene) };
  const { book, effects } = settleFindings(service.book, found, { now, policy, ...about });
  return { service: book === service.book ? service : { ...service, book }, effects };
}

/** Settles what was found about a host itself. */
export function settleHost(host: HostState, found: Found, { now, policy }: Moment): HostChange {
  const about = { subject: subjectOf(host), restarts: null };
  const { book, effects } = settleFindings(host.book, found, { now, policy, ...about });
  return { host: book === host.book ? host : { ...host, book }, effects };
}

/** Settles what was found about the whole shard. */
export function settleShard(state: ShardState, found: Found, { now, policy }: Moment): ShardChange {
  const about = { subject: fleetSubjectOf(state), restarts: null };
  const { book, effects } = settleFindings(state.book, found, { now, policy, ...about });
  return { state: book === state.book ? state : { ...state, book }, effects };
}
