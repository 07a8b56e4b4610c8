// How a service looks in its line of 24 hours, and what turned between two states of its host: looks, the host's being
// heard, restarts seen. Pure. What a reader would get wrong: a look is coarser than a condition (host-condition.ts), so that
// a line has few turns: what is being started, verified or held has not turned, and neither a notice nor a count of restarts
// is a failure of what works.
import { entriesOf, namedAt, valuesOf } from "@countersign/shared/values/named";
import type { PageReason } from "../../words/signal.ts";
import { serviceConditionOf, serviceNamesOf } from "./host-condition.ts";
import type { HostState, ServiceState } from "./shard-state.ts";

/**
 * `heard`: of a whole host, whose services look as they did, or as is told of each; `anew`: all that was told of them before
 * is void.
 */
export type Look = "well" | "failing" | "no-data" | "restarted" | "heard" | "anew";

/** One turn. */
export interface LookChange {
  /** null: the whole host */
  readonly service: string | null;
  readonly at: number;
  readonly look: Look;
  /** what it was before; the same: it was so already */
  readonly was: Look;
}

/** Trouble that no failing check shows, and in which the service does not do its work. */
const NOT_WORKING: ReadonlySet<PageReason> = new Set([
  "heartbeat-missed",
  "no-progress",
  "success-rate-low",
  "latency-high",
  "startup-death",
  "credential-rejected",
  "provider-failing",
]);

/** How a service looks now. */
export function lookOf(state: ServiceState): "well" | "failing" | "no-data" {
  if (serviceConditionOf(state).status === "failing") return "failing";
  const fires = valuesOf(state.book.firing).filter(({ isShadow }) => isShadow !== true);
  if (fires.some(({ reason }) => NOT_WORKING.has(reason))) return "failing";
  return fires.some(({ reason }) => reason === "check-stale") ? "no-data" : "well";
}

/** What turned; nothing for a host that is well and stays so. */
export function lookChangesOf(
  before: HostState | undefined,
  after: HostState,
  now: number,
): readonly LookChange[] {
  return [
    ...hearingOf(before, after, now),
    ...entriesOf(after.services).flatMap(([name, state]) =>
      changesOf(namedAt(before?.services, name), state, now),
    ),
    ...newOn(before, after, now),
    ...goneOf(before, after, now),
  ];
}

/** All that is known of a host now, where what was told of it before may be of a life that was lost. */
export function looksAnew(host: HostState, now: number): readonly LookChange[] {
  const failing = valuesOf(host.services).flatMap((state): readonly LookChange[] => {
    const look = lookOf(state);
    return look === "well" ? [] : [{ service: state.service, at: now, look, was: look }];
  });
  const silent: LookChange = { service: null, at: now + 1, look: "no-data", was: "no-data" };
  return [
    { service: null, at: now, look: "anew", was: "anew" },
    ...(isHeard(host) ? [] : [silent]),
    ...failing.map((change) => ({ ...change, at: now + 1 })),
  ];
}

// From the page bound on, as lists say it: what is late has not turned, and neither has what a gap of ours hid.
function isHeard({ lastSeenAt, liveness }: HostState): boolean {
  return liveness !== "down" && lastSeenAt > 0;
}

function hearingOf(before: HostState | undefined, after: HostState, now: number): readonly LookChange[] {
  const [was, is] = [before !== undefined && isHeard(before), isHeard(after)];
  if (was === is) return [];
  if (is) return [{ service: null, at: now, look: "heard", was: "no-data" }];
  return [{ service: null, at: Math.min(now, after.lastSeenAt), look: "no-data", was: "heard" }];
}

// One that is new has not turned: it looks well until something is told of it, or its host was not heard before.
function changesOf(
  before: ServiceState | undefined,
  after: ServiceState,
  now: number,
): readonly LookChange[] {
  const { service } = after;
  const [was, look] = [before === undefined ? "well" : lookOf(before), lookOf(after)];
  const restartedAt = after.restartsAt.at(-1);
  const isRestarted = restartedAt !== undefined && restartedAt !== before?.restartsAt.at(-1);
  return [
    ...(isRestarted ? [{ service, at: restartedAt, look: "restarted", was } as const] : []),
    ...(was === look ? [] : [{ service, at: now, look, was }]),
  ];
}

// Of a host that was heard before: else its line would have it well from before it was there. Whatever else is told of it
// now goes over this.
function newOn(before: HostState | undefined, after: HostState, now: number): readonly LookChange[] {
  if (before === undefined || before.lastSeenAt === 0) return [];
  if (before.listed === after.listed && before.services === after.services) return [];
  const known = new Set(serviceNamesOf(before));
  return serviceNamesOf(after)
    .filter((service) => !known.has(service))
    .map((service) => {
      const state = namedAt(after.services, service);
      return { service, at: now, look: state === undefined ? "well" : lookOf(state), was: "no-data" };
    });
}

// Its host names it no more: whatever it is when it is named again, its failure goes on no longer.
function goneOf(before: HostState | undefined, after: HostState, now: number): readonly LookChange[] {
  return entriesOf(before?.services ?? after.services).flatMap(([name, state]): readonly LookChange[] => {
    const was = lookOf(state);
    if (was === "well" || namedAt(after.services, name) !== undefined) return [];
    return [{ service: name, at: now, look: "well", was }];
  });
}
