// The hibernating sockets of a shard as the runtime keeps them: attachment, last keepalive, open or not. They outlive the object's memory.
import {
  type Named,
  namedAt,
  namedFrom,
  NONE_NAMED,
  setNamed,
  withoutNamed,
} from "@countersign/shared/values/named";
import type { Connection, ShardState } from "../../../control-plane/src/core/shard/host/shard-state.ts";
import { attachmentOf } from "../../../control-plane/src/core/shard/kept/host-rows.ts";
import type { AttachedHost, StoredHost } from "../../../control-plane/src/core/shard/kept/shard-stored.ts";
import type { SimulatedVps } from "./simulated-vps.ts";

/** The platform's limit of a socket's attachment. */
const ATTACHMENT_BYTES_MAX = 16_384;

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
  #lastSeen: Named<number> = namedFrom([]);

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

  put(vps: SimulatedVps, connection: Connection): void {
    const { bootId, connectedAt, connectionId } = connection;
    const attached: AttachedHost = { connection, sinceAt: connectedAt, services: NONE_NAMED };
    const socket = { connectionId, bootId, vps, connectedAt, attachment: "", silentAt: null };
    this.#sockets.set(vps.hostId, socket);
    this.#known.set(vps.hostId, vps);
    attach(socket, attached);
  }

  remove(hostId: string): void {
    this.#sockets.delete(hostId);
    this.#lastSeen = withoutNamed(this.#lastSeen, hostId);
  }

  clear(): readonly Socket[] {
    const all = [...this.#sockets.values()];
    this.#sockets.clear();
    this.#lastSeen = namedFrom([]);
    return all;
  }

  /** The last keepalive as the runtime remembers it; before the first one, the hello. */
  lastSeenOn({ connectedAt, silentAt, vps }: Socket): number {
    return Math.max(connectedAt, silentAt ?? vps.lastKeepaliveAt());
  }

  lastSeenOf(hostId: string): number {
    const socket = this.#sockets.get(hostId);
    return socket === undefined ? 0 : this.lastSeenOn(socket);
  }

  /** One record for all sweeps: building a thousand entries anew costs more than looking at them. */
  lastSeen(): Named<number> {
    for (const [hostId, socket] of this.#sockets) setNamed(this.#lastSeen, hostId, this.lastSeenOn(socket));
    return this.#lastSeen;
  }

  /** Renews the attachments of hosts whose attached part changed, as platform/shard/workerd-sockets.ts does. */
  attachChanged(
    before: ShardState,
    after: ShardState,
    rowOf: (hostId: string) => StoredHost | undefined,
  ): void {
    if (before.hosts === after.hosts) return;
    for (const hostId in after.hosts) {
      const host = namedAt(after.hosts, hostId);
      if (host === undefined || host.connection === null) continue;
      const previous = namedAt(before.hosts, hostId);
      const isSame =
        previous?.connection === host.connection &&
        previous.sinceAt === host.sinceAt &&
        previous.unheard === host.unheard &&
        previous.services === host.services &&
        previous.book === host.book;
      const socket = this.#sockets.get(hostId);
      const attached = isSame || socket === undefined ? null : attachmentOf(host, rowOf(hostId));
      if (socket !== undefined && attached !== null) attach(socket, attached);
    }
  }
}

function attach(socket: Socket, attached: AttachedHost): void {
  const connection = { ...attached.connection, catalogue: [] };
  socket.attachment = JSON.stringify({ ...attached, connection });
  if (socket.attachment.length > ATTACHMENT_BYTES_MAX)
    throw new Error(`Attach to socket: ${socket.attachment.length} bytes, at most ${ATTACHMENT_BYTES_MAX}`);
}
