// What comes in by a host's socket: the challenge that it must answer, its hello, then its frames, and its end. Nothing of a socket is
// believed before its key is proven; a second boot with the same key does not push out one that shows life.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { CHALLENGE_TTL_MS } from "@countersign/shared/values/limits";
import { namedAt, NONE_NAMED } from "@countersign/shared/values/named";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { inVisibleLines } from "@countersign/shared/values/visible-text";
import type { CloseReason } from "@countersign/shared/wire/close-codes";
import {
  type AgentMessage,
  type FrameRefusal,
  type Hello,
  parseAgentFrame,
} from "@countersign/shared/wire/protocol";
import { addressGroupOf } from "../../core/doors/address-group.ts";
import { FailedAttempts } from "../../core/doors/failed-attempts.ts";
import type { ShardDecider } from "./shard-decider.ts";
import { describeRefusedFrame, eventOf } from "./shard-frames.ts";
import { connectionOf, isHelloProven, refuseHello } from "./shard-hello.ts";
import type { ShardSockets } from "./shard-sockets.ts";
import type { Challenged, Live } from "./socket-attachment.ts";

interface Received {
  readonly frame: string | ArrayBuffer;
  readonly parsed: Result<AgentMessage, FrameRefusal>;
}

export class ShardEntrance {
  readonly #decider: ShardDecider;
  readonly #sockets: ShardSockets;
  /** hellos that failed, by address; forgotten with our memory */
  readonly #failures = new FailedAttempts();

  constructor(decider: ShardDecider) {
    this.#decider = decider;
    this.#sockets = decider.sockets;
  }

  /** Opens an agent's socket and challenges it, unless the host was never enrolled here or its address is turned away just now. */
  open(request: Request): Result<WebSocket, { readonly reason: "host-unknown" | "too-many-attempts" }> {
    const url = new URL(request.url);
    const hostId = url.pathname.split("/").at(-1) ?? "";
    if (this.#decider.store.publicKeyOf(hostId) === null) return refuse({ reason: "host-unknown" });
    const now = Date.now();
    const address = request.headers.get("CF-Connecting-IP");
    const group = addressGroupOf(address);
    // Who has proven itself from here before is never limited: a whole fleet may come back from one address at once.
    const isStranger = this.#decider.store.provenFrom(hostId) !== group;
    if (isStranger && (this.#failures.isOver(group, now) || this.#sockets.isCrowded(group)))
      return refuse({ reason: "too-many-attempts" });
    const { 0: client, 1: server } = new WebSocketPair();
    const gone = this.#sockets.challenge(server, {
      phase: "challenged",
      hostId,
      audience: url.host,
      address,
      strangerFrom: isStranger ? group : null,
      challenge: encodeBase64(crypto.getRandomValues(new Uint8Array(32))),
      issuedAt: now,
    });
    // Again and again it is somebody who wants to keep the host out.
    if (gone !== null && gone.strangerFrom !== null) this.#failures.note(gone.strangerFrom, now);
    this.#decider.clock.arm(now + CHALLENGE_TTL_MS, now);
    return ok(client);
  }

  async take(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    const attachment = this.#sockets.attachmentOf(socket);
    if (attachment === null || attachment.phase === "ended") return;
    if (attachment.phase === "live" && !this.#isWithinBudget(socket, attachment, frame)) return;
    const parsed = parseFrame(frame);
    if (attachment.phase === "live") return this.#takeFrame(socket, attachment, { frame, parsed });
    if (!parsed.ok) return this.#endSocket(socket, parsed.error.reason);
    if (attachment.phase === "verifying" || parsed.value.type !== "hello")
      return this.#endSocket(socket, "unauthenticated");
    return this.#greet(socket, attachment, parsed.value);
  }

  /** The socket closed or broke. */
  noteEnd(socket: WebSocket): void {
    const attachment = this.#sockets.attachmentOf(socket);
    if (attachment?.phase !== "live") return;
    const { hostId, connectionId } = attachment;
    const lastSeenAt = this.#sockets.lastSeenAt(socket, attachment);
    this.#decider.take({ kind: "disconnected", hostId, connectionId, lastSeenAt });
  }

  async #greet(socket: WebSocket, challenged: Challenged, hello: Hello): Promise<void> {
    const reason = refuseHello(hello, challenged, Date.now());
    if (reason !== null) return this.#endSocket(socket, reason);
    const publicKey = this.#decider.store.publicKeyOf(hello.hostId);
    if (publicKey === null) return this.#endSocket(socket, "host-unknown");
    this.#sockets.markVerifying(socket, challenged);
    const isProven = await isHelloProven(hello, challenged.challenge, publicKey);
    if (!isProven) return this.#endSocket(socket, "unauthenticated");
    // It may have been closed, or retired, while its signature was checked.
    if (this.#sockets.attachmentOf(socket)?.phase !== "verifying") return;
    if (this.#decider.store.publicKeyOf(hello.hostId) === null)
      return this.#endSocket(socket, "host-unknown");
    if (!this.#decider.budgets.drawHello(hello.hostId, Date.now())) {
      this.#noteDrop(hello.hostId, { isClosed: true });
      return this.#sockets.close(socket, "host-flooding");
    }
    if (!this.#makesRoom(hello, Date.now())) return this.#sockets.close(socket, "identity-conflict");
    this.#welcome(socket, challenged, hello);
  }

  /** Before anything is parsed. A host that sends too much is not heard; only one that sends many times too much is ended. */
  #isWithinBudget(socket: WebSocket, { hostId }: Live, frame: string | ArrayBuffer): boolean {
    const bytes = typeof frame === "string" ? frame.length : frame.byteLength;
    const verdict = this.#decider.budgets.judge(hostId, bytes, Date.now());
    if (verdict === "take") return true;
    this.#noteDrop(hostId, { isClosed: verdict === "close" });
    if (verdict === "close") this.#endSocket(socket, "host-flooding");
    return false;
  }

  #noteDrop(hostId: string, { isClosed }: { readonly isClosed: boolean }): void {
    const flooded = this.#decider.budgets.drop(hostId, isClosed, Date.now());
    if (flooded !== null) this.#decider.take(flooded);
  }

  /** The host's socket before this one gives way, unless it shows life for another boot. */
  #makesRoom({ hostId, bootId }: Hello, now: number): boolean {
    const other = this.#sockets.liveOf(hostId);
    if (other === null) return true;
    const { lateAfterMs } = this.#decider.policies.announced().liveness;
    const keepaliveAt = this.#sockets.lastSeenAt(other.socket, other.live);
    const lastSeenAt = Math.max(keepaliveAt, namedAt(this.#decider.state.hosts, hostId)?.lastSeenAt ?? 0);
    if (other.live.bootId !== bootId && now - lastSeenAt < lateAfterMs) {
      this.#decider.take({ kind: "boot-refused", hostId, bootId });
      return false;
    }
    this.#sockets.close(other.socket, "replaced");
    return true;
  }

  #welcome(socket: WebSocket, { address }: Challenged, hello: Hello): void {
    const { hostId } = hello;
    const now = Date.now();
    const connection = connectionOf(hello, address, now);
    this.#sockets.markLive(socket, hostId, { connection, sinceAt: now, services: NONE_NAMED });
    const effects = this.#decider.decide({ kind: "connected", hostId, connection }, () => {
      this.#decider.store.saveCatalogue(hostId, connection.catalogue);
      this.#decider.store.saveProvenFrom(hostId, addressGroupOf(address));
    });
    const { keepaliveMs, lateAfterMs } = this.#decider.policies.announced().liveness;
    this.#sockets.send(hostId, {
      version: 1,
      type: "welcome",
      shard: this.#decider.state.shard,
      serverAt: now,
      keepaliveMs,
      lateAfterMs,
    });
    this.#decider.perform(effects);
    this.#decider.deliver();
  }

  #takeFrame(socket: WebSocket, live: Live, { frame, parsed }: Received): void {
    const { hostId } = live;
    const host = namedAt(this.#decider.state.hosts, hostId);
    // Retired, and we died before its socket was closed.
    if (host === undefined) return this.#endSocket(socket, "host-unknown");
    const reading = parsed.ok ? eventOf(host, parsed.value, Date.now()) : parsed;
    if (!reading.ok) {
      const { reason } = reading.error;
      return reason === "unauthenticated"
        ? this.#endSocket(socket, reason)
        : this.#refuseFrame(socket, live, { frame, reason });
    }
    if (reading.value === null) return this.#decider.deliver();
    this.#decider.take(reading.value);
  }

  /** A frame of a proven host that is refused costs that frame, not the connection: its keepalives and its other frames go on. */
  #refuseFrame(
    socket: WebSocket,
    live: Live,
    { frame, reason }: { readonly frame: string | ArrayBuffer; readonly reason: FrameRefusal["reason"] },
  ): void {
    const { frameHash, isDigest } = describeRefusedFrame(frame, reason);
    const { hostId } = live;
    const lastSeenAt = this.#sockets.lastSeenAt(socket, live);
    this.#decider.take({ kind: "frame-refused", hostId, reason, isDigest, lastSeenAt });
    this.#sockets.send(hostId, { version: 1, type: "frame-refused", reason, frameHash });
  }

  /** Closes a socket of our own accord, with what its end means; one that has proven nothing has failed. */
  #endSocket(socket: WebSocket, reason: CloseReason): void {
    const attachment = this.#sockets.attachmentOf(socket);
    if (attachment?.phase === "challenged" || attachment?.phase === "verifying")
      this.#failures.note(addressGroupOf(attachment.address), Date.now());
    this.noteEnd(socket);
    this.#sockets.close(socket, reason);
  }
}

function parseFrame(frame: string | ArrayBuffer): Received["parsed"] {
  if (typeof frame === "string") return inVisibleTexts(parseAgentFrame(frame));
  return refuse({ reason: "frame-malformed", detail: "a binary frame" });
}

// Here and nowhere else a host's names and sentences become lines: what is kept, told, projected and shown comes from these. What is
// signed or hashed (a proposal, a signature) travels in base64 and stays as it is.
function inVisibleTexts(parsed: Received["parsed"]): Received["parsed"] {
  return parsed.ok ? ok(inVisibleLines(parsed.value)) : parsed;
}
