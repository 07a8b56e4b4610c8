// The agent's one connection to the control plane: challenge → hello → welcome, then frames both ways beside the earned
// keepalive. It connects again for ever, except where that cannot help (core/close-advice.ts). Timestamps decide, not close
// events: a path that dies without a FIN is found by the keepalive that nobody answered. Not pure.
import type { ClientRequest, IncomingMessage } from "node:http";
import { encodeBase64 } from "@countersign/shared/base64";
import { CLOSE_CODES } from "@countersign/shared/close-codes";
import { CONTROL_FRAME_BYTES_MAX } from "@countersign/shared/limits";
import {
  type AgentMessage,
  connectBytesOf,
  type ControlMessage,
  type FrameRefusal,
  type Hello,
  KEEPALIVE_ANSWER_TEXT,
  KEEPALIVE_TEXT,
  parseControlFrame,
  PROTOCOL_VERSION,
} from "@countersign/shared/protocol";
import { signBytes } from "@countersign/shared/signature";
import { WebSocket } from "ws";
import { backoffMs, STEADY_AFTER_MS } from "../core/backoff.ts";
import { adviseOn, describeClockSkew, type Ending } from "../core/close-advice.ts";
import { audienceOf, connectUrlOf } from "../core/control-plane-url.ts";
import { systemFailureOf } from "../failure.ts";
import type { Identity } from "./identity.ts";
import type { Log } from "./log.ts";

/** From dialling to the welcome. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

export type Introduction = Pick<Hello, "bootId" | "agentVersion" | "hostname" | "probePort" | "catalogue">;
type Welcome = Extract<ControlMessage, { type: "welcome" }>;
/** What reaches the agent: all that is not part of the handshake. */
export type ControlOrder = Exclude<ControlMessage, { type: "challenge" | "welcome" }>;

export interface Connection {
  /** False when there is no welcomed connection; what must not be lost is kept by the caller and sent again after the next welcome. */
  readonly send: (message: AgentMessage) => boolean;
  readonly isWelcomed: () => boolean;
  /** Closes, and does not connect again. */
  readonly stop: () => void;
}

export interface ConnectionOptions {
  readonly identity: Identity;
  readonly introduction: Introduction;
  readonly log: Log;
  /** asked each time a keepalive is due */
  readonly isKeepaliveEarned: () => boolean;
  readonly onWelcome: () => void;
  readonly onOrder: (order: ControlOrder) => void;
  /** a refusal that trying again cannot mend; the connection has stopped */
  readonly onHopeless: (sentence: string) => void;
}

/** Connects, and stays connected until stopped. */
export function openConnection(options: ConnectionOptions): Connection {
  const { identity, log } = options;
  let attempt = 0;
  let wasWelcomed = false;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Dialled | null = null;

  const dialNext = () => {
    current = dial(options, {
      onWelcome: () => {
        wasWelcomed = true;
        log.state("info", "connection", `Connected to ${identity.url} as ${identity.hostId}.`);
        options.onWelcome();
      },
      onEnded: (ending, steadyMs) => {
        current = null;
        if (isStopped) return;
        if (steadyMs >= STEADY_AFTER_MS) attempt = 0;
        const advice = adviseOn(ending, { url: identity.url, wasWelcomed });
        if (advice.next === "exit") {
          isStopped = true;
          options.onHopeless(advice.sentence);
          return;
        }
        log.state(advice.next === "retry" ? "warning" : "error", "connection", advice.sentence);
        timer = setTimeout(dialNext, backoffMs(advice.next, attempt, Math.random()));
        attempt += 1;
      },
    });
  };
  dialNext();

  return {
    send: (message) => current?.send(message) ?? false,
    isWelcomed: () => current?.isWelcomed() ?? false,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      current?.close();
    },
  };
}

interface Dialled {
  readonly send: (message: AgentMessage) => boolean;
  readonly isWelcomed: () => boolean;
  readonly close: () => void;
}

interface DialEvents {
  readonly onWelcome: () => void;
  /** called once; `steadyMs` is how long it lasted after the welcome */
  readonly onEnded: (ending: Ending, steadyMs: number) => void;
}

/** One try: from dialling to the end of that socket. */
function dial(options: ConnectionOptions, events: DialEvents): Dialled {
  const { identity, log } = options;
  const socket = new WebSocket(connectUrlOf(identity.url, identity.shard, identity.hostId), {
    maxPayload: CONTROL_FRAME_BYTES_MAX,
    perMessageDeflate: false,
    followRedirects: false,
  });
  let phase: "dialled" | "challenged" | "welcomed" | "ended" = "dialled";
  let welcomedAt = 0;
  let keepalive: Keepalive | null = null;

  const end = (ending: Ending) => {
    if (phase === "ended") return;
    const steadyMs = phase === "welcomed" ? performance.now() - welcomedAt : 0;
    phase = "ended";
    clearTimeout(handshakeTimer);
    keepalive?.stop();
    events.onEnded(ending, steadyMs);
  };
  const handshakeTimer = setTimeout(() => {
    end({ kind: "handshake-timeout" });
    socket.terminate();
  }, HANDSHAKE_TIMEOUT_MS);
  const refuseFrame = ({ reason, detail }: FrameRefusal) => {
    end({ kind: "protocol-broken", reason, detail: firstLineOf(detail) });
    socket.close(CLOSE_CODES[reason], reason);
    // A peer that sends nonsense may never answer the close.
    setTimeout(() => socket.terminate(), 1_000).unref();
  };

  const answerChallenge = async (challenge: string) => {
    const hello = await helloOf(options, challenge);
    if (phase === "challenged") socket.send(JSON.stringify(hello));
  };
  const enter = (welcome: Welcome) => {
    clearTimeout(handshakeTimer);
    phase = "welcomed";
    welcomedAt = performance.now();
    const skew = describeClockSkew(welcome.serverAt, Date.now());
    if (skew === null) log.recovered("clock", "The clock agrees with the control plane's again.");
    else log.state("warning", "clock", skew);
    keepalive = startKeepalive(socket, {
      ...welcome,
      isEarned: () => {
        const isEarned = options.isKeepaliveEarned();
        if (isEarned) log.recovered("keepalive", "Every check runs in time again; keepalives are sent.");
        else log.state("error", "keepalive", UNEARNED);
        return isEarned;
      },
      onUnanswered: () => {
        end({ kind: "keepalive-unanswered", afterMs: welcome.lateAfterMs });
        socket.terminate();
      },
    });
    events.onWelcome();
  };
  const receive = (message: ControlMessage) => {
    if (phase === "dialled" && message.type === "challenge") {
      phase = "challenged";
      answerChallenge(message.challenge).catch((cause: unknown) => {
        end({ kind: "protocol-broken", reason: "hello", detail: String(cause) });
        socket.terminate();
      });
    } else if (phase === "challenged" && message.type === "welcome") enter(message);
    else if (phase !== "welcomed" || message.type === "challenge" || message.type === "welcome")
      refuseFrame({ reason: "message-unknown", detail: `${message.type} out of turn` });
    else options.onOrder(message);
  };

  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (phase === "ended") return;
    if (isBinary) return refuseFrame({ reason: "frame-malformed", detail: "a binary frame" });
    const text = data.toString("utf8");
    if (text === KEEPALIVE_ANSWER_TEXT) return keepalive?.answered();
    const frame = parseControlFrame(text);
    if (frame.ok) receive(frame.value);
    else refuseFrame(frame.error);
  });
  socket.on("unexpected-response", (request: ClientRequest, response: IncomingMessage) => {
    end({ kind: "http", status: response.statusCode ?? 0 });
    response.resume();
    request.destroy();
  });
  socket.on("error", (error) => {
    end(endingOfError(error));
    socket.terminate();
  });
  socket.on("close", (code) => end({ kind: "closed", code }));

  return {
    send: (message) => {
      if (phase !== "welcomed" || socket.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    isWelcomed: () => phase === "welcomed",
    close: () => {
      end({ kind: "closed", code: 1000 });
      socket.close(1000);
      setTimeout(() => socket.terminate(), 500).unref();
    },
  };
}

const UNEARNED =
  "A check has not ended within its period and timeout, so no keepalive is sent: find what it hangs on, then restart countersign-agent.";

function endingOfError(error: Error): Ending {
  // ws names its own errors; the frame was larger than maxPayload
  if ((error as NodeJS.ErrnoException).code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH")
    return {
      kind: "protocol-broken",
      reason: "frame-too-large",
      detail: `at most ${CONTROL_FRAME_BYTES_MAX} bytes`,
    };
  const code = systemFailureOf(error)?.code ?? error.message;
  return code.startsWith("WS_ERR_")
    ? { kind: "protocol-broken", reason: "frame-malformed", detail: code }
    : { kind: "network", code };
}

async function helloOf({ identity, introduction }: ConnectionOptions, challenge: string): Promise<Hello> {
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
  };
}

interface Keepalive {
  readonly answered: () => void;
  readonly stop: () => void;
}

/** Sends the text ping on every period while it is earned, the first one at once, and watches for the answers. */
function startKeepalive(
  socket: WebSocket,
  options: {
    readonly keepaliveMs: number;
    readonly lateAfterMs: number;
    readonly isEarned: () => boolean;
    readonly onUnanswered: () => void;
  },
): Keepalive {
  let unansweredTimer: NodeJS.Timeout | undefined;
  const tick = () => {
    if (!options.isEarned()) return;
    socket.send(KEEPALIVE_TEXT);
    // Runs from the oldest ping that is unanswered, so pings sent into a dead path do not prolong it.
    unansweredTimer ??= setTimeout(options.onUnanswered, options.lateAfterMs);
  };
  tick();
  const interval = setInterval(tick, options.keepaliveMs);
  return {
    answered: () => {
      clearTimeout(unansweredTimer);
      unansweredTimer = undefined;
    },
    stop: () => {
      clearInterval(interval);
      clearTimeout(unansweredTimer);
    },
  };
}

function firstLineOf(text: string): string {
  return (text.split("\n", 1)[0] ?? "").slice(0, 200);
}
