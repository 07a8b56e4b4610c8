// Since when a shard that just woke was blind; null: it was not. Pure. What a reader would get wrong: no row says "still awake", so the
// alarm is the witness. It was armed at most T after the freshest keepalive that we knew of, hence "alarm minus T" is an instant at
// which we could still see; and an alarm that is overdue by more than T was rung by nobody, so nobody listened either.
import type { ShardState } from "../../core/shard/host/shard-state.ts";
import type { Policy } from "../../policy/policy.ts";

export interface Wake {
  readonly now: number;
  /** when the alarm is, or was, due; null: none was set */
  readonly alarmAt: number | null;
  readonly connectedHostIds: ReadonlySet<string>;
  readonly isNewVersion: boolean;
  readonly policy: Policy;
}

/** Judges a wake-up by the restored state. */
export function blindSinceAtOf(state: ShardState, wake: Wake): number | null {
  const { now, alarmAt, isNewVersion } = wake;
  const { lateAfterMs } = wake.policy.liveness;
  const seeingAt = Math.min(now, alarmAt ?? now) - lateAfterMs;
  if (isNewVersion) return seeingAt;
  if (isLate(state, wake)) return seeingAt;
  // An open gap that we woke into again goes on by itself, without a second grace.
  return state.gapSinceAt === null && hasLostSocket(state, wake) ? seeingAt : null;
}

/**
 * The alarm rang so late that nobody can have listened meanwhile. We doubt ourselves only once a page bound: alarms that are always
 * late must not become a grace without end.
 */
export function isLate(
  state: ShardState,
  { now, alarmAt, policy }: Pick<Wake, "now" | "alarmAt" | "policy">,
): boolean {
  const { lateAfterMs, pageBoundMs } = policy.liveness;
  const hasDoubtedLately = now - state.graceUntilAt < pageBoundMs;
  return alarmAt !== null && now - alarmAt > lateAfterMs && !hasDoubtedLately;
}

function hasLostSocket(state: ShardState, { connectedHostIds }: Wake): boolean {
  return state.hosts
    .values()
    .some(
      ({ hostId, liveness, lastSeenAt }) =>
        liveness === "up" && lastSeenAt === 0 && !connectedHostIds.has(hostId),
    );
}
