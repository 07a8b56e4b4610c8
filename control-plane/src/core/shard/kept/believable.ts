// Instants of a stored state that cannot be true, brought back to what they can be at most. Pure. Nothing was seen after now, and no
// grace and no announced return reaches further than one given now would: a row that says 2100 must not keep a silence from being
// heard until then. (A clock of ours that was set back makes such rows too.)
import { LEAVE_RETURN_MAX_MS } from "@countersign/shared/values/limits";
import { recordsFrom } from "@countersign/shared/values/records";
import type { Policy } from "../../../policy/policy.ts";
import type { HostState, ShardState } from "../host/shard-state.ts";

/** The state as it may be believed at this instant. */
export function believable(state: ShardState, now: number, policy: Policy): ShardState {
  const graceUntilAt = Math.min(state.graceUntilAt, now + policy.liveness.reconnectGraceMs);
  const hosts = state.hosts.entries().map(([hostId, host]) => [hostId, believableHost(host, now)] as const);
  return { ...state, graceUntilAt, hosts: recordsFrom(hosts) };
}

function believableHost(host: HostState, now: number): HostState {
  const { flooding, lastSeenAt, returnDueAt } = host;
  const returnAtMost = (dueAt: number) => Math.min(dueAt, now + LEAVE_RETURN_MAX_MS);
  return {
    ...host,
    lastSeenAt: Math.min(lastSeenAt, now),
    returnDueAt: returnDueAt === null ? null : returnAtMost(returnDueAt),
    flooding: flooding === null ? null : { ...flooding, returnDueAt: returnAtMost(flooding.returnDueAt) },
  };
}
