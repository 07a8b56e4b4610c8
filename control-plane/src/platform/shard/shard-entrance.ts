// What comes in by a host's socket: the challenge that it must answer, its hello, then its frames, and its end. Nothing of a socket is
// believed before its key is proven. What a proven host says is taken on in shell/shard/shard-arrivals.ts.
import { encodeBase64 } from "@countersign/shared/values/base64";
import { CHALLENGE_TTL_MS } from "@countersign/shared/values/limits";
import { NONE_NAMED } from "@countersign/shared/values/named";
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
import type { ShardArrivals } from "../../shell/shard/shard-arrivals.ts";
import { describeRefusedFrame } from "../../shell/shard/shard-frames.ts";
import type { ShardShell } from "../../shell/shard/shard-shell.ts";
import { connectionOf, isHelloProven, refuseHello } from "./shard-hello.ts";
import type { Challenged, Live } from "./socket-attachment.ts";
import type { WorkerdSockets } from "./workerd-sockets.ts";

type Frame = string | ArrayBuffer;

export class ShardEntrance {
  readonly #shell: ShardShell;
  readonly #arrivals: ShardArrivals;
  readonly #sockets: WorkerdSockets;
  /** hellos that failed, by address; forgotten with our memory */
  readonly #failures = new FailedAttempts();

  constructor(shell: ShardShell, arrivals: ShardArrivals, sockets: WorkerdSockets) {
    this.#shell = shell;
    this.#arrivals = arrivals;
    this.#sockets = sockets;
  }

  /** Opens an agent's socket and challenges it, unless the host was never enrolled here or its address is turned away just now. */
  open(request: Request): Result<WebSocket, { readonly reason: "host-unknown" | "too-many-attempts" }> {
    const url = new URL(request.url);
    const hostId = url.pathname.split("/").at(-1) ?? "";
    const { hosts } = this.#shell.store;
    if (hosts.publicKeyOf(hostId) === null) return refuse({ reason: "host-unknown" });
    const now = Date.now();
    const address = request.headers.get("CF-Connecting-IP");
    const group = addressGroupOf(address);
    // Who has proven itself from here before is never limited: a whole fleet may come back from one address at once.
    const isStranger = hosts.provenFrom(hostId) !== group;
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
    this.#shell.arm(now + CHALLENGE_TTL_MS);
    return ok(client);
  }

  async take(socket: WebSocket, frame: Frame): Promise<void> {
    const attachment = this.#sockets.attachmentOf(socket);
    if (attachment === null || attachment.phase === "ended") return;
    if (attachment.phase === "live") return this.#takeFrame(socket, attachment, frame);
    const parsed = parseFrame(frame);
    if (!parsed.ok) return this.#endSocket(socket, parsed.error.reason);
    if (attachment.phase === "verifying" || parsed.value.type !== "hello")
      return this.#endSocket(socket, "unauthenticated");
    return this.#greet(socket, attachment, parsed.value);
  }

  /** The socket closed or broke. */
  noteEnd(socket: WebSocket): void {
    const attachment = this.#sockets.attachmentOf(socket);
    if (attachment?.phase !== "live") return;
    const { hostId, connectedAt, connectionId } = attachment;
    const lastSeenAt = this.#sockets.lastSeenOn({ socket, connectedAt });
    this.#sockets.isGone(socket, hostId);
    this.#arrivals.noteEnd({ kind: "disconnected", hostId, connectionId, lastSeenAt });
  }

  /** The alarm rang: ends sockets whose challenge nobody answered, and takes in what could not be stored. */
  expire(): void {
    this.#arrivals.retry();
    this.#shell.arm(this.#sockets.expireUnproven(Date.now()));
  }

  async #greet(socket: WebSocket, challenged: Challenged, hello: Hello): Promise<void> {
    const { hostId } = hello;
    const { hosts } = this.#shell.store;
    const reason = refuseHello(hello, challenged, Date.now());
    if (reason !== null) return this.#endSocket(socket, reason);
    const publicKey = hosts.publicKeyOf(hostId);
    if (publicKey === null) return this.#endSocket(socket, "host-unknown");
    this.#sockets.markVerifying(socket, challenged);
    const isProven = await isHelloProven(hello, challenged.challenge, publicKey);
    if (!isProven) return this.#endSocket(socket, "unauthenticated");
    // It may have been closed, or retired, while its signature was checked.
    if (this.#sockets.attachmentOf(socket)?.phase !== "verifying") return;
    if (hosts.publicKeyOf(hostId) === null) return this.#endSocket(socket, "host-unknown");
    if (!this.#shell.budgets.drawHello(hostId, Date.now())) {
      this.#noteDrop(hostId, { isClosed: true });
      return this.#sockets.close(socket, "host-flooding");
    }
    if (!this.#arrivals.makesRoom(hostId, hello.bootId))
      return this.#sockets.close(socket, "identity-conflict");
    const now = Date.now();
    const connection = connectionOf(hello, challenged.address, now);
    const lastSeenAt = this.#sockets.lastSeen(hostId);
    this.#sockets.markLive(socket, hostId, { connection, sinceAt: now, services: NONE_NAMED });
    const addressGroup = addressGroupOf(challenged.address);
    this.#arrivals.greet(hostId, connection, { addressGroup, lastSeenAt });
  }

  #takeFrame(socket: WebSocket, { hostId }: Live, frame: Frame): void {
    if (!this.#isWithinBudget(socket, hostId, frame)) return;
    const parsed = parseFrame(frame);
    const taken = parsed.ok ? this.#arrivals.takeMessage(hostId, parsed.value) : parsed;
    if (taken.ok) return;
    const { reason } = taken.error;
    if (reason === "unauthenticated" || reason === "host-unknown") return this.#endSocket(socket, reason);
    this.#arrivals.refuseFrame(hostId, { reason, ...describeRefusedFrame(frame, reason) });
  }

  /** Before anything is parsed. A host that sends too much is not heard; only one that sends many times too much is ended. */
  #isWithinBudget(socket: WebSocket, hostId: string, frame: Frame): boolean {
    const bytes = typeof frame === "string" ? frame.length : frame.byteLength;
    const verdict = this.#shell.budgets.judge(hostId, bytes, Date.now());
    if (verdict === "take") return true;
    this.#noteDrop(hostId, { isClosed: verdict === "close" });
    if (verdict === "close") this.#endSocket(socket, "host-flooding");
    return false;
  }

  #noteDrop(hostId: string, { isClosed }: { readonly isClosed: boolean }): void {
    const flooded = this.#shell.budgets.drop(hostId, isClosed, Date.now());
    if (flooded !== null) this.#shell.take(flooded);
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

function parseFrame(frame: Frame): Result<AgentMessage, FrameRefusal> {
  if (typeof frame === "string") return inVisibleTexts(parseAgentFrame(frame));
  return refuse({ reason: "frame-malformed", detail: "a binary frame" });
}

// Here and nowhere else a host's names and sentences become lines: what is kept, told, projected and shown comes from these. What is
// signed or hashed (a proposal, a signature) travels in base64 and stays as it is.
function inVisibleTexts(parsed: Result<AgentMessage, FrameRefusal>): Result<AgentMessage, FrameRefusal> {
  return parsed.ok ? ok(inVisibleLines(parsed.value)) : parsed;
}
