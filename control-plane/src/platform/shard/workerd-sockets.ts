// The shard's hibernating sockets. What must outlive the object's memory stands in each socket's attachment: first the challenge, then
// the proven connection. The runtime answers keepalives while we sleep and remembers when; that instant is the sign of life.
// A close event may never come, so nothing here relies on one. Who is live is read from the attachments once a life, and kept up from there.
import { CHALLENGE_TTL_MS } from "@countersign/shared/values/limits";
import { CLOSE_CODES, type CloseReason } from "@countersign/shared/wire/close-codes";
import {
  KEEPALIVE_ANSWER_TEXT,
  KEEPALIVE_TEXT,
  type ControlMessage,
} from "@countersign/shared/wire/protocol";
import type { AttachedHost } from "../../core/shard/kept/shard-stored.ts";
import type { ShardSockets, Silence } from "../../shell/shard/shard-ports.ts";
import { type SurvivingSocket, withoutLearned } from "../../shell/shard/surviving-socket.ts";
import {
  attachedIn,
  type Attachment,
  attachmentIn,
  type Challenged,
  type Ended,
  type Live,
  liveOf,
} from "./socket-attachment.ts";

/** Unproven sockets one host id may have at once; the oldest gives way, a stranger's before the host's own. */
export const CHALLENGED_PER_HOST_MAX = 4;
/** Unproven sockets of strangers that one address may have at once; one more is refused. */
export const STRANGERS_PER_ADDRESS_MAX = 64;
const OPEN = 1;
/** RFC 6455 §7.4.1: connect again */
const SERVICE_RESTART = 1012;

interface LiveSocket {
  readonly socket: WebSocket;
  readonly connectedAt: number;
}

export class WorkerdSockets implements ShardSockets {
  readonly #ctx: DurableObjectState;
  /** null: not read in this life */
  #live: Map<string, LiveSocket> | null = null;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(KEEPALIVE_TEXT, KEEPALIVE_ANSWER_TEXT));
  }

  /** Accepts a socket and sends it its challenge. Gives the one that had to make room; null: none had to. */
  challenge(socket: WebSocket, challenged: Challenged): Challenged | null {
    const gone = this.#makeRoomFor(challenged.hostId);
    const { hostId, strangerFrom } = challenged;
    this.#ctx.acceptWebSocket(
      socket,
      strangerFrom === null ? [hostId] : [hostId, strangerTagOf(strangerFrom)],
    );
    socket.serializeAttachment(challenged);
    sendOn(socket, { version: 1, type: "challenge", challenge: challenged.challenge });
    return gone;
  }

  /** Who knows a host's id must not push out the host itself, which has proven itself from where it comes. */
  #makeRoomFor(hostId: string): Challenged | null {
    const unproven = this.#ctx.getWebSockets(hostId).flatMap((socket) => {
      const attachment = socket.readyState === OPEN ? this.attachmentOf(socket) : null;
      return attachment?.phase === "challenged" ? [{ socket, attachment }] : [];
    });
    if (unproven.length < CHALLENGED_PER_HOST_MAX) return null;
    const own = ({ attachment }: (typeof unproven)[number]) => (attachment.strangerFrom === null ? 1 : 0);
    const [first] = unproven.toSorted(
      (left, right) => own(left) - own(right) || left.attachment.issuedAt - right.attachment.issuedAt,
    );
    if (first === undefined) return null;
    this.close(first.socket, "challenge-expired");
    return first.attachment;
  }

  /** Says whether an address holds as many unproven sockets of strangers as it may. */
  isCrowded(addressGroup: string): boolean {
    let count = 0;
    for (const socket of this.#ctx.getWebSockets(strangerTagOf(addressGroup)))
      if (socket.readyState === OPEN && isUnproven(this.attachmentOf(socket))) count += 1;
    return count >= STRANGERS_PER_ADDRESS_MAX;
  }

  /** What the socket holds; null: nothing that can be read. */
  attachmentOf(socket: WebSocket): Attachment | null {
    try {
      return attachmentIn(socket.deserializeAttachment());
    } catch {
      return null;
    }
  }

  endUnreadable(): readonly string[] {
    return this.#ctx.getWebSockets().flatMap((socket) => {
      if (socket.readyState !== OPEN) return [];
      const attachment = this.attachmentOf(socket);
      const isReadable = attachment?.phase === "live" ? attachedIn(attachment) !== null : attachment !== null;
      if (isReadable) return [];
      const [hostId = ""] = this.#ctx.getTags(socket);
      this.#endForNow(socket, hostId);
      return [hostId];
    });
  }

  /** From here on a second hello on this socket is refused: a challenge is answered once. */
  markVerifying(socket: WebSocket, challenged: Challenged): void {
    socket.serializeAttachment({ ...challenged, phase: "verifying" } satisfies Challenged);
  }

  /** The socket of a host that has proven its key; one that it had before is closed first, so there is at most one. */
  markLive(socket: WebSocket, hostId: string, attached: AttachedHost): void {
    const other = this.#liveNow().get(hostId);
    if (other !== undefined) this.close(other.socket, "replaced");
    attach(socket, hostId, attached);
    this.#liveNow().set(hostId, { socket, connectedAt: attached.connection.connectedAt });
  }

  /** The socket has closed or broken by itself. */
  isGone(socket: WebSocket, hostId: string): void {
    if (this.#live?.get(hostId)?.socket === socket) this.#live.delete(hostId);
  }

  /** Closes with a named code; the name is all that the other side is told. */
  close(socket: WebSocket, reason: CloseReason): void {
    this.#end(socket, this.attachmentOf(socket)?.hostId ?? "");
    socket.close(CLOSE_CODES[reason], reason);
  }

  closeAllOf(hostId: string, reason: CloseReason): void {
    for (const socket of this.#ctx.getWebSockets(hostId))
      if (socket.readyState === OPEN) this.close(socket, reason);
  }

  send(hostId: string, message: ControlMessage): void {
    const live = this.#of(hostId);
    if (live !== null) sendOn(live.socket, message);
  }

  survivors(): ReadonlyMap<string, SurvivingSocket> {
    const survivors = new Map<string, SurvivingSocket>();
    for (const [hostId, live] of this.#liveNow()) {
      const attachment = this.attachmentOf(live.socket);
      const attached = attachment?.phase === "live" ? attachedIn(attachment) : null;
      if (attached !== null) survivors.set(hostId, { attached, lastSeenAt: this.lastSeenOn(live) });
    }
    return survivors;
  }

  hostIds(): readonly string[] {
    return [...this.#open()].map(([hostId]) => hostId);
  }

  get count(): number {
    return this.#liveNow().size;
  }

  lastSeen(hostId: string): number | null {
    const live = this.#of(hostId);
    return live === null ? null : this.lastSeenOn(live);
  }

  silenceAt(at: number): Silence {
    const hostIds: string[] = [];
    let nextSeenAt: number | null = null;
    for (const [hostId, live] of this.#open()) {
      const seenAt = this.lastSeenOn(live);
      if (seenAt <= at) hostIds.push(hostId);
      else if (nextSeenAt === null || seenAt < nextSeenAt) nextSeenAt = seenAt;
    }
    return { hostIds, nextSeenAt };
  }

  /** The last keepalive as the runtime remembers it; before the first one, the hello. */
  lastSeenOn({ connectedAt, socket }: LiveSocket): number {
    const keepaliveAt = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(keepaliveAt, connectedAt);
  }

  attach(hostId: string, attached: AttachedHost): void {
    const live = this.#of(hostId);
    if (live !== null) attach(live.socket, hostId, attached);
  }

  restart(hostId: string): void {
    const live = this.#of(hostId);
    if (live !== null) this.#endForNow(live.socket, hostId);
  }

  restartAll(): void {
    for (const [hostId, { socket }] of this.#open()) this.#endForNow(socket, hostId);
  }

  /** Closes sockets that never said hello; gives when the next of them is due, null: there is none. */
  expireUnproven(now: number): number | null {
    let dueAt: number | null = null;
    const live = this.#liveNow();
    for (const socket of this.#ctx.getWebSockets()) {
      const [hostId = ""] = this.#ctx.getTags(socket);
      if (socket.readyState !== OPEN || live.get(hostId)?.socket === socket) continue;
      const attachment = this.attachmentOf(socket);
      if (!isUnproven(attachment)) continue;
      const expiresAt = attachment.issuedAt + CHALLENGE_TTL_MS;
      if (expiresAt <= now) this.close(socket, "challenge-expired");
      else dueAt = Math.min(dueAt ?? expiresAt, expiresAt);
    }
    return dueAt;
  }

  #of(hostId: string): LiveSocket | null {
    const live = this.#liveNow().get(hostId);
    return live?.socket.readyState === OPEN ? live : null;
  }

  *#open(): Iterable<readonly [string, LiveSocket]> {
    for (const entry of this.#liveNow()) if (entry[1].socket.readyState === OPEN) yield entry;
  }

  #liveNow(): Map<string, LiveSocket> {
    this.#live ??= new Map(
      this.#ctx.getWebSockets().flatMap((socket): [string, LiveSocket][] => {
        const attachment = socket.readyState === OPEN ? this.attachmentOf(socket) : null;
        return attachment?.phase === "live"
          ? [[attachment.hostId, { socket, connectedAt: attachment.connectedAt }]]
          : [];
      }),
    );
    return this.#live;
  }

  #end(socket: WebSocket, hostId: string): void {
    socket.serializeAttachment({ phase: "ended", hostId } satisfies Ended);
    this.isGone(socket, hostId);
  }

  #endForNow(socket: WebSocket, hostId: string): void {
    this.#end(socket, hostId);
    socket.close(SERVICE_RESTART, "connect again");
  }
}

function strangerTagOf(addressGroup: string): string {
  return `stranger:${addressGroup}`;
}

/** A socket whose verification was lost with our memory waits for its deadline like one that said nothing. */
function isUnproven(attachment: Attachment | null): attachment is Challenged {
  return attachment?.phase === "challenged" || attachment?.phase === "verifying";
}

/** What is too large for the platform is attached without what can be learned again. */
function attach(socket: WebSocket, hostId: string, attached: AttachedHost): void {
  const live: Live = liveOf(hostId, attached);
  try {
    socket.serializeAttachment(live);
  } catch {
    socket.serializeAttachment(liveOf(hostId, withoutLearned(attached)));
  }
}

/** A socket that broke meanwhile throws here; its silence is noticed by the sweep like any other. */
function sendOn(socket: WebSocket, message: ControlMessage): void {
  try {
    socket.send(JSON.stringify(message));
  } catch {
    // The timestamp decides, not the send.
  }
}
