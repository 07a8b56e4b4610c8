// When the shard's one alarm rings next: the nearest of all deadlines, never on a fixed period. Pure.
// Keepalives do not wake the shard, so between sweeps it believes an older sign of life than the runtime does: the answer may be
// earlier than needed, never later. The shell therefore moves an armed alarm forward only when the answer is earlier, and each
// sweep arms it anew; every setAlarm is a billed row. A deadline that a sweep cannot act on must not be listed here: it would
// ring every ALARM_FLOOR_MS for ever (a property test holds this).
import { bookDueAt, EMPTY_BOOK, type FactBook } from "./fact-book.ts";
import { downAt, isNeverConnected, lateAt } from "./liveness.ts";
import { CONFLICT_QUIET_MS } from "./rules/identity-conflict.ts";
import { serviceDeadlines } from "./service-rules.ts";
import type { ShardContext } from "./shard-events.ts";
import type { HostState, ShardState } from "./shard-state.ts";

/** The alarm never rings sooner than this. */
export const ALARM_FLOOR_MS = 250;
/** A shard with hosts but no deadline (all are down, or never connected) looks again after this. */
export const IDLE_ALARM_MS = 15 * 60_000;

/** The instant of the next alarm; null only when there is neither a host nor a deadline. */
export function shardAlarmAt(
  state: ShardState,
  context: Pick<ShardContext, "now" | "policy">,
): number | null {
  const { now } = context;
  const deadlines = [
    ...Object.values(state.hosts).flatMap((host) => hostDeadlines(host, state, context)),
    ...Object.values(state.grants).map(({ expiresAt }) => expiresAt),
    ...bookDeadlines(state.book),
  ];
  if (deadlines.length > 0) {
    const nearest = deadlines.reduce((least, at) => Math.min(least, at));
    return Math.max(nearest, now + ALARM_FLOOR_MS);
  }
  return Object.keys(state.hosts).length > 0 ? now + IDLE_ALARM_MS : null;
}

function hostDeadlines(
  host: HostState,
  state: ShardState,
  context: Pick<ShardContext, "now" | "policy">,
): readonly number[] {
  const services = Object.values(host.services).flatMap((service) => [
    ...serviceDeadlines(host, service, context),
    ...bookDeadlines(service.book),
  ]);
  const conflict = host.refusedBoot === null ? [] : [host.refusedBoot.lastAt + CONFLICT_QUIET_MS];
  return [...livenessDeadlines(host, state, context), ...services, ...bookDeadlines(host.book), ...conflict];
}

// Facts are judged by time whether the host is up or not: what was known of it goes on to be so.
function bookDeadlines(book: FactBook): readonly number[] {
  if (book === EMPTY_BOOK) return [];
  const dueAt = bookDueAt(book);
  return dueAt === null ? [] : [dueAt];
}

function livenessDeadlines(
  host: HostState,
  { graceUntilAt }: ShardState,
  { now, policy }: Pick<ShardContext, "now" | "policy">,
): readonly number[] {
  if (isNeverConnected(host)) return [];
  // A keepalive on a socket that outlived the silence wakes nobody: look for it at the agent's own pace.
  const returnAt = host.connection === null ? [] : [now + policy.liveness.keepaliveMs];
  switch (host.liveness) {
    case "up":
    case "unknown":
      return [lateAt(host, { policy, graceUntilAt })];
    case "late":
      return [downAt(host, { policy, graceUntilAt }), ...returnAt];
    case "down":
      return returnAt;
  }
}
