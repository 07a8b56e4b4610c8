// A lightweight agent for crowds: a real WebSocket, a real key and earned-looking pings, no services and no actuator. It comes back by
// itself when the connection ends, as a real one does, with jitter.
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { connectPathOf, EnrolmentAnswer, enrolmentBytesOf } from "@countersign/shared/wire/enrolment";
import type { Fact } from "@countersign/shared/wire/fact";
import {
  connectBytesOf,
  KEEPALIVE_ANSWER_TEXT,
  KEEPALIVE_TEXT,
  parseControlFrame,
  PROTOCOL_VERSION,
  SIGNING_VERSION,
} from "@countersign/shared/wire/protocol";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { generateKeyPair, signBytes, type StoredKeyPair } from "@countersign/shared/wire/signature";

const RETRY_MIN_MS = 300;
const RETRY_JITTER_MS = 1_500;

export interface LightAgent {
  readonly hostId: string;
  readonly isWelcome: () => boolean;
  /** when the last keepalive was sent; 0: none yet */
  readonly lastPingAt: () => number;
  /** sends these states as a full digest */
  readonly report: (services: readonly ServiceReport[]) => void;
  /** sends these facts, in one frame */
  readonly tell: (facts: readonly Fact[]) => void;
  /** stops pinging for good and leaves the socket open, as a frozen host does */
  readonly fallSilent: () => void;
  readonly stop: () => void;
}

/** Enrols at `url` and stays connected until stopped. */
export async function startLightAgent(url: string, token: string, hostname: string): Promise<LightAgent> {
  const keys = await generateKeyPair();
  const answer = await enrol({ url, token, hostname, keys });
  const bootId = randomUUID();
  let socket: WebSocket | null = null;
  let isWelcome = false;
  let isStopped = false;
  let pings: NodeJS.Timeout | undefined;
  let lastPingAt = 0;

  const ping = (current: WebSocket) => {
    if (current.readyState !== WebSocket.OPEN || isStopped) return;
    current.send(KEEPALIVE_TEXT);
    lastPingAt = Date.now();
  };
  const tell = (facts: readonly Fact[]) =>
    socket?.send(JSON.stringify({ version: PROTOCOL_VERSION, type: "facts", sentAt: Date.now(), facts }));
  const report = (services: readonly ServiceReport[]) =>
    socket?.send(
      JSON.stringify({
        version: PROTOCOL_VERSION,
        type: "report",
        digest: true,
        sentAt: Date.now(),
        services,
      }),
    );

  const connect = () => {
    if (isStopped) return;
    const target = new URL(connectPathOf(answer.shard, answer.hostId), url.replace(/^http/, "ws"));
    const current = new WebSocket(target);
    socket = current;
    current.on("error", () => {}); // "close" follows
    current.on("close", () => {
      isWelcome = false;
      clearInterval(pings);
      setTimeout(connect, RETRY_MIN_MS + Math.random() * RETRY_JITTER_MS).unref();
    });
    current.on("message", (data) => void receive(current, target.host, (data as Buffer).toString("utf8")));
  };

  const receive = async (current: WebSocket, audience: string, text: string) => {
    if (text === KEEPALIVE_ANSWER_TEXT) return;
    const frame = parseControlFrame(text);
    if (!frame.ok) return;
    const message = frame.value;
    if (message.type === "challenge") {
      const { challenge } = message;
      const bytes = connectBytesOf({ hostId: answer.hostId, bootId, audience, challenge });
      const signature = encodeBase64(await signBytes(keys.privateKey, bytes));
      const told = { agentVersion: "light", hostname, probePort: null, catalogue: [] };
      const hello = { ...told, audience, signature, signing: { version: SIGNING_VERSION } };
      current.send(
        JSON.stringify({ version: PROTOCOL_VERSION, type: "hello", hostId: answer.hostId, bootId, ...hello }),
      );
    }
    if (message.type === "welcome") {
      isWelcome = true;
      report([]);
      ping(current);
      pings = setInterval(() => ping(current), message.keepaliveMs);
    }
  };

  connect();
  return {
    hostId: answer.hostId,
    isWelcome: () => isWelcome,
    lastPingAt: () => lastPingAt,
    report,
    tell,
    fallSilent: () => {
      isStopped = true;
      clearInterval(pings);
    },
    stop: () => {
      isStopped = true;
      clearInterval(pings);
      socket?.terminate();
    },
  };
}

async function enrol(options: {
  readonly url: string;
  readonly token: string;
  readonly hostname: string;
  readonly keys: StoredKeyPair;
}): Promise<EnrolmentAnswer> {
  const { url, token, hostname, keys } = options;
  const proof = await signBytes(keys.privateKey, enrolmentBytesOf(token, keys.publicKey));
  const response = await fetch(`${url}/v1/enrol`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      version: 2,
      token,
      publicKey: keys.publicKey,
      hostname,
      signature: encodeBase64(proof),
    }),
  });
  if (!response.ok) throw new Error(`Enrol ${hostname}: ${response.status} ${await response.text()}`);
  return EnrolmentAnswer.parse(await response.json());
}

/** What a host reports of a service whose one check fails. */
export function failingReport(service: string, check = "http"): ServiceReport {
  return {
    service,
    unit: null,
    results: [
      {
        check,
        kind: "http",
        status: "fail",
        severity: "error",
        summary: "connection refused",
        latencyMs: null,
        finishedAt: Date.now(),
        ttlMs: 60_000,
      },
    ],
  };
}
