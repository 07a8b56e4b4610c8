// When the shard's one alarm rings next: the nearest of all deadlines, never on a fixed period. Pure.
// Keepalives do not wake the shard, so between sweeps it believes an older sign of life than the runtime does: the answer may be
// earlier than needed, never later. The shell therefore moves an armed alarm forward only when the answer is earlier, and each
// sweep arms it anew; every setAlarm is a billed row. A deadline that a sweep cannot act on must not be listed here: it would
// ring every ALARM_FLOOR_MS for ever (a property test holds this).
import { bookDueAt, EMPTY_BOOK } from "./fact-book.ts";
import { downAt, isNeverConnected, lateAt } from "./liveness.ts";
import { CONFLICT_QUIET_MS } from "./rules/identity-conflict.ts";
import { serviceDeadlines } from "./service-rules.ts";
import type { ShardContext } from "./shard-events.ts";
import type { HostState, ShardState } from "./shard-state.ts";

/** The alarm never rings sooner than this. */
export const ALARM_FLOOR_MS = 250;
/** A shard with hosts but no deadline (all are down, or never connected) looks again after this. */
export const IDLE_ALARM_MS = 15 * 60_000;

type Moment = Pick<ShardContext, "now" | "policy">;

/** The only host that an event may have changed, and the hosts before it. */
export interface OneHostChange {
  readonly hostId: string;
  readonly before: ShardState["hosts"];
}

interface Nearest {
  /** null: no host has a deadline */
  readonly at: number | null;
  readonly hostId: string | null;
  readonly policy: Moment["policy"];
  readonly graceUntilAt: number;
}

// Asked for after every event, of a thousand hosts of which one has changed. Hosts are values, so the nearest deadline among them is
// remembered beside them; forgetting it only costs time.
const nearestAmong = new WeakMap<ShardState["hosts"], Nearest>();

/** The instant of the next alarm; null only when there is neither a host nor a deadline. */
export function shardAlarmAt(state: ShardState, moment: Moment, change?: OneHostChange): number | null {
  const deadlines = Object.values(state.grants).map(({ expiresAt }) => expiresAt);
  const bookAt = bookDueAt(state.book);
  if (bookAt !== null) deadlines.push(bookAt);
  const hostAt = nearestHostDeadline(state, moment, change);
  if (hostAt !== null) deadlines.push(hostAt);
  if (deadlines.length > 0) {
    const nearest = deadlines.reduce((least, at) => Math.min(least, at));
    return Math.max(nearest, moment.now + ALARM_FLOOR_MS);
  }
  return hasHosts(state) ? moment.now + IDLE_ALARM_MS : null;
}

function nearestHostDeadline(state: ShardState, moment: Moment, change?: OneHostChange): number | null {
  const nearest =
    nearestByChange(state, moment, change) ??
    Object.values(state.hosts).reduce(
      (least, host) => {
        const at = hostDueAt(host, state, moment);
        return isNearer(at, least) ? { ...least, at, hostId: host.hostId } : least;
      },
      noneOf(state, moment),
    );
  nearestAmong.set(state.hosts, nearest);
  return nearest.at;
}

// Null when the change may have moved the nearest deadline itself: then all must be looked at.
function nearestByChange(state: ShardState, moment: Moment, change?: OneHostChange): Nearest | null {
  if (change === undefined) return null;
  const known = nearestAmong.get(change.before);
  const isUsable = known?.policy === moment.policy && known.graceUntilAt === state.graceUntilAt;
  if (!isUsable || known.hostId === change.hostId) return null;
  const host = state.hosts[change.hostId];
  if (host === undefined || state.hosts === change.before) return known;
  const at = hostDueAt(host, state, moment);
  return isNearer(at, known) ? { ...known, at, hostId: change.hostId } : known;
}

function noneOf({ graceUntilAt }: ShardState, { policy }: Moment): Nearest {
  return { at: null, hostId: null, policy, graceUntilAt };
}

function isNearer(at: number | null, than: Nearest): at is number {
  return at !== null && (than.at === null || at < than.at);
}

function hostDueAt(host: HostState, state: ShardState, moment: Moment): number | null {
  const deadlines = hostDeadlines(host, state, moment);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

function hostDeadlines(host: HostState, state: ShardState, moment: Moment): readonly number[] {
  const services = Object.values(host.services).flatMap((service) => [
    ...serviceDeadlines(host, service, moment),
    ...bookDeadlines(service),
  ]);
  const conflict = host.refusedBoot === null ? [] : [host.refusedBoot.lastAt + CONFLICT_QUIET_MS];
  return [...livenessDeadlines(host, state, moment), ...services, ...bookDeadlines(host), ...conflict];
}

// Facts are judged by time whether the host is up or not: what was known of it goes on to be so.
function bookDeadlines({ book }: Pick<HostState, "book">): readonly number[] {
  if (book === EMPTY_BOOK) return [];
  const dueAt = bookDueAt(book);
  return dueAt === null ? [] : [dueAt];
}

function livenessDeadlines(
  host: HostState,
  { graceUntilAt }: ShardState,
  { now, policy }: Moment,
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

function hasHosts({ hosts }: ShardState): boolean {
  for (const _hostId in hosts) return true;
  return false;
}
