// The shard's hibernating sockets. What must outlive the object's memory stands in each socket's attachment: first the challenge, then
// the proven connection. The runtime answers keepalives while we sleep and remembers when; that instant is the sign of life.
// A close event may never come, so nothing here relies on one.
import { CHALLENGE_TTL_MS } from "@countersign/shared/values/limits";
import { entriesOf, type Named, namedAt, namedFrom, setNamed } from "@countersign/shared/values/named";
import { CLOSE_CODES, type CloseReason } from "@countersign/shared/wire/close-codes";
import {
  KEEPALIVE_ANSWER_TEXT,
  KEEPALIVE_TEXT,
  type ControlMessage,
} from "@countersign/shared/wire/protocol";
import { isSameAttached } from "../../core/shard/host/same-host.ts";
import type { ShardState } from "../../core/shard/host/shard-state.ts";
import { attachmentOf } from "../../core/shard/kept/host-rows.ts";
import type { AttachedHost, StoredHost } from "../../core/shard/kept/shard-stored.ts";
import {
  attachedIn,
  type Attachment,
  attachmentIn,
  type Challenged,
  type Ended,
  type Live,
  liveOf,
  shortLiveOf,
} from "./socket-attachment.ts";
import type { SurvivingSocket } from "./surviving-socket.ts";

/** Unproven sockets one host id may have at once; the oldest gives way, a stranger's before the host's own. */
export const CHALLENGED_PER_HOST_MAX = 4;
/** Unproven sockets of strangers that one address may have at once; one more is refused. */
export const STRANGERS_PER_ADDRESS_MAX = 64;
const OPEN = 1;
/** RFC 6455 §7.4.1: connect again */
const SERVICE_RESTART = 1012;

export class ShardSockets {
  readonly #ctx: DurableObjectState;

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
    const unproven = this.#socketsOf(hostId, "challenged").flatMap((socket) => {
      const attachment = this.attachmentOf(socket);
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
    for (const socket of this.#ctx.getWebSockets(strangerTagOf(addressGroup))) {
      const attachment = this.attachmentOf(socket);
      if (socket.readyState === OPEN && isUnproven(attachment)) count += 1;
    }
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

  /** Ends sockets of which nothing can be read: their agents connect again. Gives the hosts that they were opened for. */
  endUnreadable(): readonly string[] {
    return this.#ctx.getWebSockets().flatMap((socket) => {
      if (socket.readyState !== OPEN) return [];
      const attachment = this.attachmentOf(socket);
      const isReadable = attachment?.phase === "live" ? attachedIn(attachment) !== null : attachment !== null;
      if (isReadable) return [];
      const [hostId = ""] = this.#ctx.getTags(socket);
      endForNow(socket, hostId);
      return [hostId];
    });
  }

  /** From here on a second hello on this socket is refused: a challenge is answered once. */
  markVerifying(socket: WebSocket, challenged: Challenged): void {
    socket.serializeAttachment({ ...challenged, phase: "verifying" } satisfies Challenged);
  }

  markLive(socket: WebSocket, hostId: string, attached: AttachedHost): void {
    attach(socket, hostId, attached);
  }

  /** Closes with a named code; the name is all that the other side is told. */
  close(socket: WebSocket, reason: CloseReason): void {
    const hostId = this.attachmentOf(socket)?.hostId ?? "";
    socket.serializeAttachment({ phase: "ended", hostId } satisfies Ended);
    socket.close(CLOSE_CODES[reason], reason);
  }

  /** The host's proven, open socket; a new hello closes the one before it, so there is at most one. */
  liveOf(hostId: string): { readonly socket: WebSocket; readonly live: Live } | null {
    const [socket] = this.#socketsOf(hostId, "live");
    return socket === undefined ? null : { socket, live: this.attachmentOf(socket) as Live };
  }

  /** Closes every socket of a host, proven or not. */
  closeAllOf(hostId: string, reason: CloseReason): void {
    for (const socket of this.#ctx.getWebSockets(hostId))
      if (socket.readyState === OPEN) this.close(socket, reason);
  }

  /** Sends to the host; without a live socket the message is dropped: the core sends again after the next hello. */
  send(hostId: string, message: ControlMessage): void {
    const found = this.liveOf(hostId);
    if (found !== null) sendOn(found.socket, message);
  }

  /** All live sockets by host, with their last sign of life; for a shard that wakes, since all that is attached is read. */
  survivors(): ReadonlyMap<string, SurvivingSocket> {
    const survivors = new Map<string, SurvivingSocket>();
    for (const [socket, live] of this.#allLive()) {
      const attached = attachedIn(live);
      if (attached !== null)
        survivors.set(live.hostId, { attached, lastSeenAt: this.lastSeenAt(socket, live) });
    }
    return survivors;
  }

  /** When each host with a live socket was last heard. */
  lastSeen(): ReadonlyMap<string, number> {
    return new Map(this.#allLive().map(([socket, live]) => [live.hostId, this.lastSeenAt(socket, live)]));
  }

  /** The last keepalive as the runtime remembers it; before the first one, the hello. */
  lastSeenAt(socket: WebSocket, { connectedAt }: Pick<Live, "connectedAt">): number {
    const keepaliveAt = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(keepaliveAt, connectedAt);
  }

  /** Renews the attachments of hosts whose attached part changed; `rowOf` gives what is stored of them by now. */
  attachChanged(
    before: ShardState,
    after: ShardState,
    rowOf: (hostId: string) => StoredHost | undefined,
  ): void {
    for (const [hostId, host] of entriesOf(after.hosts)) {
      const previous = namedAt(before.hosts, hostId);
      if (host.connection === null || isSameAttached(previous, host)) continue;
      const found = this.liveOf(hostId);
      const attached = attachmentOf(host, rowOf(hostId));
      if (found !== null && attached !== null) attach(found.socket, hostId, attached);
    }
  }

  /** Ends all live sockets as a restart does, so that their agents connect again and are welcomed anew. */
  restartAll(): void {
    for (const [socket, { hostId }] of this.#allLive()) endForNow(socket, hostId);
  }

  /**
   * What a sweep must know of the sockets, in one look at each, for reading what is attached is most of what a sweep costs: closes those that
   * never said hello, and gives when the next of them is due (null: none) and when each host was last heard.
   */
  look(now: number): { readonly dueAt: number | null; readonly lastSeenAt: Named<number> } {
    let dueAt: number | null = null;
    const lastSeenAt: Named<number> = namedFrom([]);
    for (const socket of this.#ctx.getWebSockets()) {
      const attachment = this.attachmentOf(socket);
      if (socket.readyState !== OPEN || attachment === null || attachment.phase === "ended") continue;
      if (attachment.phase === "live") {
        setNamed(lastSeenAt, attachment.hostId, this.lastSeenAt(socket, attachment));
        continue;
      }
      const expiresAt = attachment.issuedAt + CHALLENGE_TTL_MS;
      if (expiresAt <= now) this.close(socket, "challenge-expired");
      else dueAt = Math.min(dueAt ?? expiresAt, expiresAt);
    }
    return { dueAt, lastSeenAt };
  }

  #allLive(): readonly (readonly [WebSocket, Live])[] {
    return this.#ctx.getWebSockets().flatMap((socket) => {
      const attachment = this.attachmentOf(socket);
      return socket.readyState === OPEN && attachment?.phase === "live"
        ? [[socket, attachment] as const]
        : [];
    });
  }

  #socketsOf(hostId: string, phase: Attachment["phase"]): readonly WebSocket[] {
    return this.#ctx
      .getWebSockets(hostId)
      .filter((socket) => socket.readyState === OPEN && this.attachmentOf(socket)?.phase === phase);
  }
}

function strangerTagOf(addressGroup: string): string {
  return `stranger:${addressGroup}`;
}

/** A socket whose verification was lost with our memory waits for its deadline like one that said nothing. */
function isUnproven(attachment: Attachment | null): attachment is Challenged {
  return attachment?.phase === "challenged" || attachment?.phase === "verifying";
}

function endForNow(socket: WebSocket, hostId: string): void {
  socket.serializeAttachment({ phase: "ended", hostId } satisfies Ended);
  socket.close(SERVICE_RESTART, "connect again");
}

/** Never throws, for what was decided is saved by now: what is too large for the platform is attached without what can be learned again. */
function attach(socket: WebSocket, hostId: string, attached: AttachedHost): void {
  try {
    socket.serializeAttachment(liveOf(hostId, attached));
  } catch {
    socket.serializeAttachment(shortLiveOf(hostId, attached));
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
