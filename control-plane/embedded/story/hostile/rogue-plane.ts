// A control plane in the hands of an attacker: it listens where the real one did, welcomes the host, and sends it whatever it likes. It can do so because a
// host proves itself to the control plane, and not the other way round: what is worth something on the host is what people have signed.
import { randomBytes } from "node:crypto";
import { type WebSocket, WebSocketServer } from "ws";
import { encodeBase64Url } from "@countersign/shared/values/base64";
import type { RelyingParty } from "@countersign/shared/wire/assertion";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { Outcome } from "@countersign/shared/wire/outcome";
import type { Asker } from "@countersign/shared/wire/proposal";
import {
  type AgentMessage,
  type ControlMessage,
  KEEPALIVE_ANSWER_TEXT,
  KEEPALIVE_TEXT,
  parseAgentFrame,
  PROTOCOL_VERSION,
  SIGNING_VERSION,
} from "@countersign/shared/wire/protocol";

const ANSWER_WAIT_MS = 20_000;
const CONNECT_WAIT_MS = 60_000;
const SHARD = "shard-0";

type TrustAnswer = Extract<AgentMessage, { type: "trust-answer" }>;
type MintAnswer = Extract<AgentMessage, { type: "proposal" | "proposal-refused" }>;

export interface RoguePlane {
  /** resolves once the host has come over to it */
  readonly connected: () => Promise<void>;
  readonly propose: (asked: {
    readonly service: string;
    readonly action: string;
    readonly askedBy: Asker;
    readonly reason: string;
  }) => Promise<MintAnswer>;
  /** hands a grant over; answered by the outcome that the host tells of it */
  readonly grant: (grantId: string, envelope: Envelope) => Promise<Outcome>;
  readonly trust: (signed: SignedTrust, party: RelyingParty) => Promise<TrustAnswer>;
  readonly close: () => Promise<void>;
}

/** Begins to listen. */
export async function startRoguePlane(listen: {
  readonly host: string;
  readonly port: number;
}): Promise<RoguePlane> {
  const server = new WebSocketServer(listen);
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve).once("error", reject);
  });
  const answers = newAnswers();
  let welcomed: WebSocket | null = null;
  server.on("connection", (socket) => {
    const send = (message: ControlMessage) => socket.send(JSON.stringify(message));
    socket.on("error", () => socket.terminate());
    socket.on("message", (data: Buffer) => {
      const text = data.toString("utf8");
      if (text === KEEPALIVE_TEXT) return socket.send(KEEPALIVE_ANSWER_TEXT);
      const frame = parseAgentFrame(text);
      if (!frame.ok) return;
      const message = frame.value;
      if (message.type === "hello") {
        send(welcome());
        welcomed = socket;
      }
      if (message.type === "outcome")
        send({ version: PROTOCOL_VERSION, type: "outcome-acknowledged", sequence: message.outcome.sequence });
      answers.take(message);
    });
    send({ version: PROTOCOL_VERSION, type: "challenge", challenge: randomBytes(32).toString("base64") });
  });
  const order = (message: ControlMessage) => {
    if (welcomed === null) throw new Error("Send to the host: it is not connected");
    welcomed.send(JSON.stringify(message));
  };
  return {
    connected: async () =>
      void (await answers.expect("the host to come over", CONNECT_WAIT_MS, ({ type }) => type === "hello")),
    propose: (asked) => {
      const requestId = newId("prq");
      const isMine = (message: AgentMessage): message is MintAnswer =>
        (message.type === "proposal" || message.type === "proposal-refused") &&
        message.requestId === requestId;
      const answer = answers.expect("a proposal", ANSWER_WAIT_MS, isMine);
      order({ version: SIGNING_VERSION, type: "propose", requestId, ...asked });
      return answer;
    },
    grant: async (grantId, envelope) => {
      const isMine = (message: AgentMessage): message is Extract<AgentMessage, { type: "outcome" }> =>
        message.type === "outcome" && message.outcome.grantId === grantId;
      const answer = answers.expect(`the outcome of ${grantId}`, ANSWER_WAIT_MS, isMine);
      order({ version: SIGNING_VERSION, type: "grant", grantId, envelope });
      return (await answer).outcome;
    },
    trust: (signed, party) => {
      const isMine = (message: AgentMessage): message is TrustAnswer => message.type === "trust-answer";
      const answer = answers.expect("an answer to a trust", ANSWER_WAIT_MS, isMine);
      order({ version: SIGNING_VERSION, type: "trust", signed, party });
      return answer;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of server.clients) socket.terminate();
        server.close(() => resolve());
      }),
  };
}

/** An id as the control plane makes them. */
export function newId(prefix: "grt" | "prq"): string {
  return `${prefix}_${encodeBase64Url(randomBytes(16))}`;
}

function welcome(): ControlMessage {
  const pace = { keepaliveMs: 2_000, lateAfterMs: 6_000 };
  return { version: PROTOCOL_VERSION, type: "welcome", shard: SHARD, serverAt: Date.now(), ...pace };
}

type Fits<T extends AgentMessage> =
  | ((message: AgentMessage) => message is T)
  | ((message: AgentMessage) => boolean);

/** Messages that are waited for, by what they say. */
function newAnswers() {
  const waiting = new Set<(message: AgentMessage) => void>();
  return {
    take: (message: AgentMessage) => {
      for (const waiter of waiting) waiter(message);
    },
    expect: <T extends AgentMessage>(what: string, timeoutMs: number, fits: Fits<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(waiter);
        };
        const waiter = (message: AgentMessage) => {
          if (!fits(message)) return;
          end();
          resolve(message as T);
        };
        const timer = setTimeout(() => {
          end();
          reject(new Error(`Waited ${timeoutMs / 1_000} s for ${what}, in vain`));
        }, timeoutMs);
        waiting.add(waiter);
      }),
  };
}
