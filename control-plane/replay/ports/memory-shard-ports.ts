// The ports of a shard's shell in memory. Nothing is projected and nothing is kept for replays: neither decides anything. Its memory lasts until
// the world says that it goes.
import type { Policy } from "../../src/policy/policy.ts";
import type { Alarm, Clock } from "../../src/shell/ports.ts";
import { PutAside } from "../../src/shell/put-aside.ts";
import { PRODUCTION_SHARD_CORE } from "../../src/shell/shard/production-core.ts";
import type {
  ShardCalls,
  ShardPorts,
  ShardRecords,
  ShardSockets,
} from "../../src/shell/shard/shard-ports.ts";
import { MemoryRows } from "./memory-rows.ts";

/** The ports; what goes wrong in the shell throws here, for a replay is there to find it. */
export function memoryShardPorts(parts: {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly sockets: ShardSockets;
  readonly calls: ShardCalls;
  /** what is in force, whatever text names it */
  readonly policy: () => Policy;
}): ShardPorts {
  const { alarm, calls, clock, policy, sockets } = parts;
  const rows = new MemoryRows<ShardRecords>();
  let [ids, epochs] = [0, 0];
  return {
    clock,
    alarm,
    rows,
    aside: new PutAside(rows),
    sockets,
    calls,
    core: PRODUCTION_SHARD_CORE,
    newId: (prefix) => `${prefix}_${String(++ids).padStart(22, "0")}`,
    newEpoch: () => (++epochs === 1 ? "replay" : `replay-${epochs}`),
    log: {
      error: (what, cause) => {
        throw new Error(what, { cause });
      },
    },
    loadPolicy: policy,
    version: "",
    readSide: null,
    history: null,
    isMemoryLasting: true,
  };
}
