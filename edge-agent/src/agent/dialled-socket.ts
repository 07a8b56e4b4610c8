// One socket to the control plane, from dialling to its end: challenge → hello → welcome, then frames both ways beside the earned
// keepalive. Timestamps decide, not close events: a path that dies without a FIN is found by the keepalive that nobody answered.
// Not pure.
import type { ClientRequest, IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { CONTROL_FRAME_BYTES_MAX } from "@countersign/shared/values/limits";
import { CLOSE_CODES } from "@countersign/shared/wire/close-codes";
import {
  type AgentMessage,
  connectBytesOf,
  frameHashOf,
  type ControlMessage,
  type FrameRefusal,
  type Hello,
  KEEPALIVE_ANSWER_TEXT,
  parseControlFrame,
  PROTOCOL_VERSION,
} from "@countersign/shared/wire/protocol";
import { signBytes } from "@countersign/shared/wire/signature";
import { retryAfterMsOf } from "../core/connection/backoff.ts";
import { describeClockSkew, type Ending } from "../core/connection/close-advice.ts";
import { audienceOf, connectUrlOf } from "../core/connection/control-plane-url.ts";
import { systemFailureOf } from "../failure.ts";
import type { Identity } from "./identity.ts";
import { type Keepalive, startKeepalive } from "./keepalive.ts";
import type { Log } from "./log.ts";

/** Is told why the control plane refused a frame. */
export type OnRefused = (reason: FrameRefusal["reason"]) => void;

/** Frames that may still be refused; the answer to one comes within moments. */
const REFUSABLE_MAX = 256;
/** From dialling to the welcome. */
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** How long a peer may take to answer a close; one that sends nonsense may never do. */
const CLOSE_TIMEOUT_MS = 500;

export type Introduction = Pick<
  Hello,
  "bootId" | "agentVersion" | "hostname" | "probePort" | "catalogue" | "tags"
>;
type Welcome = Extract<ControlMessage, { type: "welcome" }>;
/** What reaches the agent: all that is not part of the handshake. */
export type ControlOrder = Exclude<ControlMessage, { type: "challenge" | "welcome" }>;

export interface DialOptions {
  readonly identity: Identity;
  readonly introduction: Introduction;
  /** asked for each hello */
  readonly askSigning: () => Promise<NonNullable<Hello["signing"]>>;
  readonly log: Log;
  /** asked each time a keepalive is due */
  readonly isKeepaliveEarned: () => boolean;
  /** a keepalive goes out: what was sent before it will be proven by its answer */
  readonly onKeepaliveSent: () => void;
  readonly onKeepaliveAnswered: () => void;
  readonly onWelcome: () => void;
  readonly onOrder: (order: ControlOrder) => void;
}

interface DialEvents {
  /** called once; `steadyMs` is how long it lasted after the welcome */
  readonly onEnded: (ending: Ending, steadyMs: number) => void;
}

/** Dials at once; ends by itself or by `close`. */
export class DialledSocket {
  readonly #options: DialOptions & DialEvents;
  readonly #socket: WebSocket;
  readonly #handshakeTimer: NodeJS.Timeout;
  #phase: "dialled" | "challenged" | "welcomed" | "ended" = "dialled";
  #welcomedAt = 0;
  /** who is to be told, by the hash of the frame */
  readonly #refusable = new Map<string, OnRefused>();
  #keepalive: Keepalive | null = null;

  constructor(options: DialOptions & DialEvents) {
    const { identity } = options;
    this.#options = options;
    this.#socket = new WebSocket(connectUrlOf(identity.url, identity.shard, identity.hostId), {
      maxPayload: CONTROL_FRAME_BYTES_MAX,
      perMessageDeflate: false,
      followRedirects: false,
    });
    this.#handshakeTimer = setTimeout(() => this.#abort({ kind: "handshake-timeout" }), HANDSHAKE_TIMEOUT_MS);
    this.#socket.on("message", (data: Buffer, isBinary: boolean) => this.#read(data, isBinary));
    this.#socket.on("unexpected-response", (request: ClientRequest, response: IncomingMessage) => {
      const retryAfterMs = retryAfterMsOf(response.headers["retry-after"]);
      this.#end({ kind: "http", status: response.statusCode ?? 0, retryAfterMs });
      response.resume();
      request.destroy();
    });
    this.#socket.on("error", (error) => this.#abort(endingOfError(error)));
    this.#socket.on("close", (code) => this.#end({ kind: "closed", code }));
  }

  /** False when it is not welcomed, or not any more. */
  send(message: AgentMessage, onRefused?: OnRefused): boolean {
    if (!this.isWelcomed() || this.#socket.readyState !== WebSocket.OPEN) return false;
    const frame = JSON.stringify(message);
    if (onRefused !== undefined) this.#remember(frameHashOf(frame), onRefused);
    this.#socket.send(frame);
    return true;
  }

  #remember(frameHash: string, onRefused: OnRefused): void {
    this.#refusable.set(frameHash, onRefused);
    for (const oldest of this.#refusable.keys()) {
      if (this.#refusable.size <= REFUSABLE_MAX) break;
      this.#refusable.delete(oldest);
    }
  }

  isWelcomed(): boolean {
    return this.#phase === "welcomed";
  }

  /** Says goodbye. */
  close(): void {
    this.#closeWith({ kind: "closed", code: 1000 }, 1000);
  }

  #read(data: Buffer, isBinary: boolean): void {
    if (this.#phase === "ended") return;
    if (isBinary) return this.#refuseFrame({ reason: "frame-malformed", detail: "a binary frame" });
    const text = data.toString("utf8");
    if (text === KEEPALIVE_ANSWER_TEXT) {
      this.#keepalive?.answered();
      return this.#options.onKeepaliveAnswered();
    }
    const frame = parseControlFrame(text);
    if (frame.ok) this.#receive(frame.value);
    else this.#refuseFrame(frame.error);
  }

  #receive(message: ControlMessage): void {
    const isHandshake = message.type === "challenge" || message.type === "welcome";
    if (message.type === "frame-refused" && message.frameHash !== null)
      this.#refusable.get(message.frameHash)?.(message.reason);
    if (this.#phase === "welcomed" && !isHandshake) return this.#options.onOrder(message);
    if (this.#phase === "dialled" && message.type === "challenge") return this.#answer(message.challenge);
    if (this.#phase === "challenged" && message.type === "welcome") return this.#enter(message);
    this.#refuseFrame({ reason: "message-unknown", detail: `${message.type} out of turn` });
  }

  #answer(challenge: string): void {
    this.#phase = "challenged";
    helloOf(this.#options, challenge).then(
      (hello) => {
        if (this.#phase === "challenged") this.#socket.send(JSON.stringify(hello));
      },
      (cause: unknown) => this.#abort({ kind: "protocol-broken", reason: "hello", detail: String(cause) }),
    );
  }

  #enter(welcome: Welcome): void {
    const { log, isKeepaliveEarned, onWelcome } = this.#options;
    clearTimeout(this.#handshakeTimer);
    this.#phase = "welcomed";
    this.#welcomedAt = performance.now();
    const skew = describeClockSkew(welcome.serverAt, Date.now());
    if (skew === null) log.recovered("clock", "The clock agrees with the control plane's again.");
    else log.state("warning", "clock", skew);
    // What is overdue is told before the first keepalive asks whether it is.
    onWelcome();
    const { keepaliveMs, lateAfterMs } = welcome;
    this.#keepalive = startKeepalive({
      keepaliveMs,
      lateAfterMs,
      isEarned: isKeepaliveEarned,
      log,
      send: (text) => {
        this.#options.onKeepaliveSent();
        this.#socket.send(text);
      },
      onUnanswered: () => this.#abort({ kind: "keepalive-unanswered", afterMs: lateAfterMs }),
    });
  }

  #refuseFrame({ reason, detail }: FrameRefusal): void {
    this.#closeWith({ kind: "protocol-broken", reason, detail: firstLineOf(detail) }, CLOSE_CODES[reason]);
  }

  #closeWith(ending: Ending, code: number): void {
    this.#end(ending);
    this.#socket.close(code);
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  #abort(ending: Ending): void {
    this.#end(ending);
    this.#socket.terminate();
  }

  #end(ending: Ending): void {
    if (this.#phase === "ended") return;
    const steadyMs = this.#phase === "welcomed" ? performance.now() - this.#welcomedAt : 0;
    this.#phase = "ended";
    clearTimeout(this.#handshakeTimer);
    this.#keepalive?.stop();
    this.#options.onEnded(ending, steadyMs);
  }
}

function endingOfError(error: Error): Ending {
  const code = systemFailureOf(error)?.code ?? error.message;
  // ws names its own errors; this one is a frame larger than maxPayload.
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") {
    const detail = `at most ${CONTROL_FRAME_BYTES_MAX} bytes`;
    return { kind: "protocol-broken", reason: "frame-too-large", detail };
  }
  return code.startsWith("WS_ERR_")
    ? { kind: "protocol-broken", reason: "frame-malformed", detail: code }
    : { kind: "network", code };
}

async function helloOf(
  { askSigning, identity, introduction }: DialOptions,
  challenge: string,
): Promise<Hello> {
  const audience = audienceOf(identity.url);
  const { hostId } = identity;
  const proof = connectBytesOf({ hostId, bootId: introduction.bootId, audience, challenge });
  return {
    version: PROTOCOL_VERSION,
    type: "hello",
    hostId,
    audience,
    signature: encodeBase64(await signBytes(identity.privateKey, proof)),
    ...introduction,
    signing: await askSigning(),
  };
}

function firstLineOf(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}
