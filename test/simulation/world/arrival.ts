// What a frame of a simulated host comes to at its shard: the core's event, or a refusal while a deploy does not understand what it says.
import type { AgentMessage } from "@countersign/shared/wire/protocol";
import type { ShardEvent } from "../../../control-plane/src/core/shard/host/shard-events.ts";
import type { HostState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import { eventOf } from "../../../control-plane/src/shell/shard/shard-frames.ts";
import type { SimulatedVps } from "./simulated-vps.ts";
import type { SocketTable } from "./socket-table.ts";

/** Reads one frame; null: it means nothing any more. */
export function arrivalOf(
  {
    vps,
    host,
    message,
  }: { readonly vps: SimulatedVps; readonly host: HostState; readonly message: AgentMessage },
  now: number,
  sockets: SocketTable,
): ShardEvent | null {
  const { hostId } = vps;
  if (!vps.isUnderstood) {
    const isDigest = message.type === "report" && message.digest;
    const lastSeenAt = sockets.lastSeenOf(hostId);
    return { kind: "frame-refused", hostId, reason: "version-unsupported", isDigest, lastSeenAt };
  }
  const reading = eventOf(host, message, now);
  if (!reading.ok) throw new Error(`Read frame of ${vps.name}: ${reading.error.reason}`);
  return reading.value;
}
