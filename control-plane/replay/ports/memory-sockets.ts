// The proven sockets of a shard in memory, with what the runtime would remember of each: what is attached, and the last keepalive. They outlive
// the memory of their shard. What a reader would get wrong: a peer's keepalives are no events; they are asked for when somebody looks, and a
// peer whose keepalives come is only known to have sent one within its period.
import { NONE_NAMED } from "@countersign/shared/values/named";
import type { CloseReason } from "@countersign/shared/wire/close-codes";
import type { ControlMessage } from "@countersign/shared/wire/protocol";
import type { Connection } from "../../src/core/shard/host/shard-state.ts";
import type { AttachedHost } from "../../src/core/shard/kept/shard-stored.ts";
import type { ShardSockets, Silence } from "../../src/shell/shard/shard-ports.ts";
import type { SurvivingSocket } from "../../src/shell/shard/surviving-socket.ts";
import { attachedText } from "./attached-text.ts";

/** The other end of a socket. */
export interface Peer {
  /** its keepalives arrive on the socket that it has */
  readonly isHeardNow: boolean;
  /** how often they do */
  readonly keepaliveMs: number;
  lastKeepaliveAt(connectedAt: number): number;
  take(message: ControlMessage): void;
  /** its socket was ended by us */
  losesSocket(): void;
}

interface Socket<P extends Peer> {
  readonly peer: P;
  readonly connectionId: string;
  readonly connectedAt: number;
  /** JSON */
  attached: string;
}

export class MemorySockets<P extends Peer> implements ShardSockets {
  readonly #clock: { readonly now: number };
  readonly #sockets = new Map<string, Socket<P>>();
  /** hosts whose keepalives do not come */
  readonly #unheard = new Set<string>();

  constructor(clock: { readonly now: number }) {
    this.#clock = clock;
  }

  /** The socket of a host that has proven its key; one that it had before is ended. */
  open(hostId: string, peer: P, connection: Connection): void {
    const before = this.#sockets.get(hostId);
    const { connectedAt, connectionId } = connection;
    this.#sockets.set(hostId, { peer, connectionId, connectedAt, attached: "" });
    this.attach(hostId, { connection, sinceAt: connectedAt, services: NONE_NAMED });
    this.reachChanged(hostId);
    if (before !== undefined && before.peer !== peer) before.peer.losesSocket();
  }

  /** Whether a peer's keepalives come has changed. */
  reachChanged(hostId: string): void {
    const socket = this.#sockets.get(hostId);
    if (socket === undefined || socket.peer.isHeardNow) this.#unheard.delete(hostId);
    else this.#unheard.add(hostId);
  }

  has(hostId: string, connectionId: string): boolean {
    return this.#sockets.get(hostId)?.connectionId === connectionId;
  }

  /** All sockets end, and nobody is told. */
  clear(): void {
    this.#sockets.clear();
    this.#unheard.clear();
  }

  survivors(): ReadonlyMap<string, SurvivingSocket> {
    const survivors = [...this.#sockets].map(([hostId, socket]): [string, SurvivingSocket] => {
      const attached = JSON.parse(socket.attached) as AttachedHost;
      return [hostId, { attached, lastSeenAt: lastSeenOn(socket) }];
    });
    return new Map(survivors);
  }

  endUnreadable(): readonly string[] {
    return [];
  }

  hostIds(): readonly string[] {
    return [...this.#sockets.keys()];
  }

  get count(): number {
    return this.#sockets.size;
  }

  lastSeen(hostId: string): number | null {
    const socket = this.#sockets.get(hostId);
    return socket === undefined ? null : lastSeenOn(socket);
  }

  silenceAt(at: number): Silence {
    const hostIds: string[] = [];
    let nextSeenAt = this.#heardSince();
    for (const hostId of this.#unheard) {
      const seenAt = this.lastSeen(hostId);
      if (seenAt === null) continue;
      if (seenAt <= at) hostIds.push(hostId);
      else nextSeenAt = Math.min(nextSeenAt ?? seenAt, seenAt);
    }
    return { hostIds, nextSeenAt };
  }

  attach(hostId: string, attached: AttachedHost): void {
    const socket = this.#sockets.get(hostId);
    if (socket !== undefined) socket.attached = attachedText(attached);
  }

  send(hostId: string, message: ControlMessage): void {
    this.#sockets.get(hostId)?.peer.take(message);
  }

  closeAllOf(hostId: string, _reason: CloseReason): void {
    this.restart(hostId);
  }

  restart(hostId: string): void {
    const socket = this.#sockets.get(hostId);
    this.#sockets.delete(hostId);
    this.#unheard.delete(hostId);
    socket?.peer.losesSocket();
  }

  restartAll(): void {
    const peers = [...this.#sockets.values()].map(({ peer }) => peer);
    this.clear();
    for (const peer of peers) peer.losesSocket();
  }

  // Each of those that are heard has sent a keepalive within its period.
  #heardSince(): number | null {
    if (this.#sockets.size <= this.#unheard.size) return null;
    const [first] = this.#sockets.values();
    return first === undefined ? null : this.#clock.now - first.peer.keepaliveMs;
  }
}

function lastSeenOn({ peer, connectedAt }: Socket<Peer>): number {
  return Math.max(connectedAt, peer.lastKeepaliveAt(connectedAt));
}
