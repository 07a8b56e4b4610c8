// When the shard's one alarm rings next: the nearest of all deadlines, never on a fixed period. Pure.
// Keepalives do not wake the shard, so between sweeps it believes an older sign of life than the runtime does: the answer may be
// earlier than needed, never later. The shell therefore moves an armed alarm forward only when the answer is earlier, and each
// sweep arms it anew; every setAlarm is a billed row. A deadline that a sweep cannot act on must not be listed here: it would
// ring every ALARM_FLOOR_MS for ever (a property test holds this).
import { namedAt } from "@countersign/shared/values/named";
import { bookDueAt } from "../facts/fact-book.ts";
import { judgementDueAt } from "./at-rest.ts";
import type { ShardContext } from "./host/shard-events.ts";
import type { HostState, SharedState, ShardState } from "./host/shard-state.ts";
import { floodEndsAt } from "./silence/host-flooding.ts";
import { CONFLICT_QUIET_MS } from "./silence/identity-conflict.ts";
import { downAt, isNeverConnected, lateAt, overdueAt } from "./silence/liveness.ts";

/** The alarm never rings sooner than this. */
export const ALARM_FLOOR_MS = 50;
/** A shard with hosts but no deadline (all are down, or never connected) looks again after this. */
export const IDLE_ALARM_MS = 15 * 60_000;
const NEVER = Number.POSITIVE_INFINITY;

/** The instant of the next alarm; null only when there is neither a host nor a deadline. */
export function shardAlarmAt(
  state: ShardState,
  context: Pick<ShardContext, "now" | "policy">,
): number | null {
  const { now } = context;
  let nearest = sharedDueAt(state);
  for (const host of state.hosts.values()) nearest = Math.min(nearest, hostDueAt(host, state, context));
  if (nearest < NEVER) return Math.max(nearest, now + ALARM_FLOOR_MS);
  return state.hosts.size > 0 ? now + IDLE_ALARM_MS : null;
}

/** The nearest instant of what hosts share: grants, and the rules of the whole shard; infinity: nothing is due. */
export function sharedDueAt({ book, grants }: SharedState): number {
  let nearest = bookDueAt(book) ?? NEVER;
  for (const grantId in grants) nearest = Math.min(nearest, namedAt(grants, grantId)?.expiresAt ?? NEVER);
  return nearest;
}

/** Its keepalives alone say whether it is silent: it is up and heard, and nothing is open about that. */
export function isUsual(host: HostState): boolean {
  const { connection, flooding, liveness, refusedBoot, returnDueAt, unheard } = host;
  const isThere = liveness === "up" && connection !== null && unheard === null;
  return isThere && refusedBoot === null && flooding === null && returnDueAt === null;
}

/** When time alone may change something about a host, beside the silence of a usual one; infinity: never. */
export function ownDueAt(
  host: HostState,
  shared: SharedState,
  context: Pick<ShardContext, "now" | "policy">,
): number {
  return isUsual(host) ? judgementDueAt(host, context.policy) : hostDueAt(host, shared, context);
}

/** When time alone may change something about a host, its silence included; infinity: never. */
export function hostDueAt(
  host: HostState,
  state: SharedState,
  context: Pick<ShardContext, "now" | "policy">,
): number {
  const conflictAt = host.refusedBoot === null ? NEVER : host.refusedBoot.lastAt + CONFLICT_QUIET_MS;
  const judgedAt = judgementDueAt(host, context.policy);
  const floodAt = host.flooding === null ? NEVER : floodEndsAt(host.flooding);
  return Math.min(silenceDueAt(host, state, context), judgedAt, conflictAt, floodAt);
}

function silenceDueAt(
  host: HostState,
  { graceUntilAt }: SharedState,
  { now, policy }: Pick<ShardContext, "now" | "policy">,
): number {
  if (isNeverConnected(host)) return NEVER;
  // A keepalive on a socket that outlived the silence wakes nobody: look for it at the agent's own pace. While it counts for nothing, only
  // a frame can end the silence.
  const isLookedFor = host.connection !== null && host.unheard === null;
  const returnAt = isLookedFor ? now + policy.liveness.keepaliveMs : overdueAt(host, { policy });
  switch (host.liveness) {
    case "up":
    case "unknown":
      return lateAt(host, { policy, graceUntilAt });
    case "late":
      return Math.min(downAt(host, { policy, graceUntilAt }), returnAt);
    case "down":
      return returnAt;
  }
}
