// The sockets of a simulated shard as one life has them: what the runtime tells of them, and what is done with them, each an effect after which
// the shard may die.
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import type { ShardSockets } from "../../../control-plane/src/shell/shard/shard-ports.ts";
import type { SocketTable } from "../world/socket-table.ts";

/** The sockets of the life that performs its effects by `performs`. */
export function faultySocketsOf(
  table: SocketTable,
  {
    performs,
    send,
  }: {
    readonly performs: (effect: () => void) => void;
    readonly send: (hostId: string, message: ControlMessage) => void;
  },
): ShardSockets {
  return {
    survivors: () => table.survivors(),
    endUnreadable: () => [],
    hostIds: () => table.hostIds(),
    // A copy would count once.
    get count() {
      return table.count;
    },
    lastSeen: (hostId) => table.lastSeen(hostId),
    silenceAt: (at) => table.silenceAt(at),
    attach: (hostId, attached) => table.attach(hostId, attached),
    send: (hostId, message) => performs(() => send(hostId, message)),
    restart: (hostId) =>
      performs(() => {
        const socket = table.of(hostId);
        table.remove(hostId);
        socket?.vps.losesSocket(socket.connectionId, true);
      }),
    restartAll: () =>
      performs(() => {
        for (const { connectionId, vps } of table.clear()) vps.losesSocket(connectionId, true);
      }),
    closeAllOf: () => {
      throw new Error("Close sockets: nobody retires a host in a simulation");
    },
  };
}
