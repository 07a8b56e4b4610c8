// The hibernating sockets of a shard as the runtime keeps them: attachment, last keepalive, open or not. They outlive the object's memory.
import { attachedText } from "../../../control-plane/replay/ports/attached-text.ts";
import type { Connection } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import type { AttachedHost } from "../../../control-plane/src/core/shard/kept/shard-stored.ts";
import type { Silence } from "../../../control-plane/src/shell/shard/shard-ports.ts";
import type { SurvivingSocket } from "../../../control-plane/src/shell/shard/surviving-socket.ts";
import type { SimulatedVps } from "./simulated-vps.ts";

export interface Socket {
  readonly connectionId: string;
  readonly bootId: string;
  readonly vps: SimulatedVps;
  readonly connectedAt: number;
  /** JSON of the attachment, its catalogue left out */
  attachment: string;
  /** the last keepalive when the other end went away; null: it has not */
  silentAt: number | null;
}

export class SocketTable {
  readonly #sockets = new Map<string, Socket>();
  readonly #known = new Map<string, SimulatedVps>();

  get count(): number {
    return this.#sockets.size;
  }

  of(hostId: string): Socket | undefined {
    return this.#sockets.get(hostId);
  }

  /** The machine at a host's address, with or without a socket. */
  lastKnown(hostId: string): SimulatedVps | undefined {
    return this.#known.get(hostId);
  }

  hostIds(): readonly string[] {
    return [...this.#sockets.keys()];
  }

  put(vps: SimulatedVps, connection: Connection, attached: AttachedHost): void {
    const { bootId, connectedAt, connectionId } = connection;
    const socket = { connectionId, bootId, vps, connectedAt, attachment: "", silentAt: null };
    this.#sockets.set(vps.hostId, socket);
    this.#known.set(vps.hostId, vps);
    this.attach(vps.hostId, attached);
  }

  remove(hostId: string): void {
    this.#sockets.delete(hostId);
  }

  clear(): readonly Socket[] {
    const all = [...this.#sockets.values()];
    this.#sockets.clear();
    return all;
  }

  survivors(): ReadonlyMap<string, SurvivingSocket> {
    const survivors = [...this.#sockets].map(([hostId, socket]): [string, SurvivingSocket] => {
      const attached = JSON.parse(socket.attachment) as AttachedHost;
      return [hostId, { attached, lastSeenAt: this.lastSeenOn(socket) }];
    });
    return new Map(survivors);
  }

  /** The last keepalive as the runtime remembers it; before the first one, the hello. */
  lastSeenOn({ connectedAt, silentAt, vps }: Socket): number {
    return Math.max(connectedAt, silentAt ?? vps.lastKeepaliveAt());
  }

  lastSeen(hostId: string): number | null {
    const socket = this.#sockets.get(hostId);
    return socket === undefined ? null : this.lastSeenOn(socket);
  }

  silenceAt(at: number): Silence {
    const hostIds: string[] = [];
    let nextSeenAt: number | null = null;
    for (const [hostId, socket] of this.#sockets) {
      const seenAt = this.lastSeenOn(socket);
      if (seenAt <= at) hostIds.push(hostId);
      else if (nextSeenAt === null || seenAt < nextSeenAt) nextSeenAt = seenAt;
    }
    return { hostIds, nextSeenAt };
  }

  attach(hostId: string, attached: AttachedHost): void {
    const socket = this.#sockets.get(hostId);
    if (socket !== undefined) socket.attachment = attachedText(attached);
  }

  /** The socket on which something reaches the host just now; null: there is none. */
  reaching(hostId: string): Socket | null {
    const socket = this.#sockets.get(hostId);
    return socket === undefined || socket.silentAt !== null ? null : socket;
  }
}
