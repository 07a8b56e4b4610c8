// A control plane of the tests' own, for the faults that the real one does not have: it speaks the protocol over a real socket, and
// can go mute, send nonsense or die without a word. It proves every hello, as the real one does.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { decodeBase64, encodeBase64 } from "@countersign/shared/values/base64";
import { hostIdOf } from "@countersign/shared/values/ids";
import {
  type EnrolmentAnswer,
  EnrolmentRequest,
  enrolmentBytesOf,
  keyFingerprintOf,
} from "@countersign/shared/wire/enrolment";
import {
  type AgentMessage,
  connectBytesOf,
  frameHashOf,
  type FrameRefusal,
  type ControlMessage,
  type Hello,
  KEEPALIVE_ANSWER_TEXT,
  KEEPALIVE_TEXT,
  parseAgentFrame,
} from "@countersign/shared/wire/protocol";
import { generateKeyPair, isSignedBy } from "@countersign/shared/wire/signature";
import { until } from "./until.ts";

export interface PeerConnection {
  readonly hello: Hello;
  readonly messages: AgentMessage[];
  /** instants of `performance.now()` */
  readonly pingsAt: number[];
  /** how the agent closed it; null while open */
  closed: { readonly code: number; readonly reason: string } | null;
  readonly send: (message: ControlMessage) => void;
  readonly sendRaw: (data: string | Buffer) => void;
  readonly close: (code: number) => void;
  readonly waitFor: <Type extends AgentMessage["type"]>(
    type: Type,
    accepts?: (message: Extract<AgentMessage, { type: Type }>) => boolean,
  ) => Promise<Extract<AgentMessage, { type: Type }>>;
}

export interface PeerAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the peer does; a test changes it at any time. */
export interface PeerBehaviour {
  keepaliveMs: number;
  lateAfterMs: number;
  answersPings: boolean;
  /** added to the clock in the welcome */
  clockOffsetMs: number;
  /** what an enrolment answers of the fleet's approvers */
  approvers: Pick<EnrolmentAnswer, "party" | "trust">;
  /** takes the place of challenge and welcome */
  onSocket: ((socket: WebSocket) => void) | null;
  /** takes the place of the enrolment; null: answers rightly, undefined from it: drops the connection */
  onEnrol: ((right: PeerAnswer) => PeerAnswer | undefined) | null;
  /** why a message of the agent is refused, as a control plane of another version would; null: it is taken */
  refuses: ((message: AgentMessage) => FrameRefusal["reason"] | null) | null;
  /** answers the upgrade with this status */
  refusesUpgradeWith: number | null;
}

export interface ControlPlanePeer {
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly deskPublicKey: string;
  readonly behaviour: PeerBehaviour;
  /** welcomed ones, oldest first */
  readonly connections: readonly PeerConnection[];
  /** sockets that were opened, welcomed or not */
  readonly socketCount: () => number;
  readonly enrolments: readonly EnrolmentRequest[];
  /** the connection number `index`, once it is welcomed */
  readonly connection: (index: number) => Promise<PeerConnection>;
  /** dies: no close frame, sockets reset */
  readonly die: () => Promise<void>;
}

export interface DeskKeys {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly token: string;
}

/** Makes a desk key and a token that names it. */
export async function makeDeskKeys(): Promise<DeskKeys> {
  const pair = await generateKeyPair();
  const { publicKey } = pair;
  const fingerprint = keyFingerprintOf(decodeBase64(publicKey) ?? new Uint8Array());
  return { ...pair, token: `cse_${randomBytes(32).toString("base64url")}.${fingerprint}` };
}

/** Starts a peer; `port` and `desk` let it come back where it died. `host` is where it listens; absent: loopback. */
export async function startControlPlanePeer(
  options: { readonly host?: string; readonly port?: number; readonly desk?: DeskKeys } = {},
): Promise<ControlPlanePeer> {
  const desk = options.desk ?? (await makeDeskKeys());
  const behaviour: PeerBehaviour = {
    keepaliveMs: 100,
    lateAfterMs: 500,
    answersPings: true,
    clockOffsetMs: 0,
    approvers: { party: null, trust: null },
    onSocket: null,
    onEnrol: null,
    refuses: null,
    refusesUpgradeWith: null,
  };
  const connections: PeerConnection[] = [];
  const enrolments: EnrolmentRequest[] = [];
  const sockets = new Set<Socket>();
  let socketCount = 0;

  const server = createServer((request, response) => {
    void answerHttp(request, response, { behaviour, desk, enrolments });
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request, socket, head) => {
    if (behaviour.refusesUpgradeWith !== null) {
      socket.end(`HTTP/1.1 ${behaviour.refusesUpgradeWith} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      socketCount += 1;
      webSocket.on("error", () => undefined);
      if (behaviour.onSocket === null)
        welcome(webSocket, { behaviour, connections, enrolments, audience: request.headers.host ?? "" });
      else behaviour.onSocket(webSocket);
    });
  });
  const { host = "127.0.0.1" } = options;
  const port = await listen(server, host, options.port ?? 0);
  return {
    url: `http://${host}:${port}`,
    port,
    token: desk.token,
    deskPublicKey: desk.publicKey,
    behaviour,
    connections,
    enrolments,
    socketCount: () => socketCount,
    connection: (index) => until(() => connections[index], `connection ${index}`),
    die: async () => {
      for (const socket of sockets) socket.resetAndDestroy();
      server.close();
      await once(server, "close");
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

interface Known {
  readonly behaviour: PeerBehaviour;
  readonly enrolments: EnrolmentRequest[];
}

async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  { behaviour, desk, enrolments }: Known & { readonly desk: DeskKeys },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method !== "POST" || request.url !== "/v1/enrol") {
    response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not found</h1>");
    return;
  }
  const right = await enrol(Buffer.concat(chunks).toString("utf8"), { behaviour, desk, enrolments });
  const answer = behaviour.onEnrol === null ? right : behaviour.onEnrol(right);
  if (answer === undefined) return void request.socket.destroy();
  response
    .writeHead(answer.status, { "content-type": "application/json", ...answer.headers })
    .end(answer.body);
}

async function enrol(
  body: string,
  { behaviour, desk, enrolments }: Known & { readonly desk: DeskKeys },
): Promise<PeerAnswer> {
  const request = EnrolmentRequest.parse(JSON.parse(body));
  const { token, publicKey, signature } = request;
  const isProven = await isSignedBy(publicKey, bytesOf(signature), enrolmentBytesOf(token, publicKey));
  if (!isProven || token !== desk.token) return problem(403, "token-unknown");
  enrolments.push(request);
  const hostId = hostIdOf(bytesOf(publicKey));
  knowHost(hostId, publicKey);
  const key = { deskKeyId: "desk-1", deskPublicKey: desk.publicKey };
  const answer = { version: 2, hostId, shard: "shard-0", ...key, ...behaviour.approvers };
  return { status: 200, body: JSON.stringify(answer) };
}

/** A problem document as the control plane writes them. */
export function problem(status: number, reason: string, detail = "Try again."): PeerAnswer {
  return {
    status,
    headers: { "content-type": "application/problem+json" },
    body: JSON.stringify({ type: `urn:countersign:problem:${reason}`, title: reason, status, detail }),
  };
}

function welcome(
  socket: WebSocket,
  { behaviour, connections, audience }: Known & { readonly connections: PeerConnection[]; audience: string },
): void {
  const challenge = encodeBase64(randomBytes(32));
  let connection: PeerConnection | null = null;
  socket.on("message", (data: Buffer) => {
    const text = data.toString("utf8");
    if (text === KEEPALIVE_TEXT) {
      connection?.pingsAt.push(performance.now());
      if (behaviour.answersPings) socket.send(KEEPALIVE_ANSWER_TEXT);
      return;
    }
    const frame = parseAgentFrame(text);
    if (!frame.ok) throw new Error(`The agent sent a bad frame: ${frame.error.detail}`);
    const reason = behaviour.refuses?.(frame.value) ?? null;
    if (reason !== null)
      return connection?.send({ version: 1, type: "frame-refused", reason, frameHash: frameHashOf(text) });
    if (frame.value.type !== "hello") return void connection?.messages.push(frame.value);
    const hello = frame.value;
    void proveHello(hello, challenge, audience).then((isProven) => {
      if (!isProven) return socket.close(4401);
      connection = connectionOf(socket, hello);
      connections.push(connection);
      const { keepaliveMs, lateAfterMs, clockOffsetMs } = behaviour;
      const serverAt = Date.now() + clockOffsetMs;
      connection.send({ version: 1, type: "welcome", shard: "shard-0", serverAt, keepaliveMs, lateAfterMs });
    });
  });
  socket.on("close", (code, reason) => {
    if (connection !== null) connection.closed = { code, reason: reason.toString("utf8") };
  });
  socket.send(JSON.stringify({ version: 1, type: "challenge", challenge }));
}

/** Hosts whose key a test put into an identity file are known by their id alone. */
const knownKeys = new Map<string, string>();

/** Makes a key known to all peers, as an earlier enrolment would have. */
export function knowHost(hostId: string, publicKey: string): void {
  knownKeys.set(hostId, publicKey);
}

async function proveHello(hello: Hello, challenge: string, audience: string): Promise<boolean> {
  const publicKey = knownKeys.get(hello.hostId);
  const { hostId, bootId, signature } = hello;
  const proof = connectBytesOf({ hostId, bootId, audience, challenge });
  return (
    publicKey !== undefined &&
    hello.audience === audience &&
    (await isSignedBy(publicKey, bytesOf(signature), proof))
  );
}

function connectionOf(socket: WebSocket, hello: Hello): PeerConnection {
  const messages: AgentMessage[] = [];
  return {
    hello,
    messages,
    pingsAt: [],
    closed: null,
    send: (message) => socket.send(JSON.stringify(message)),
    sendRaw: (data) => socket.send(data),
    close: (code) => socket.close(code),
    waitFor: (type, accepts = () => true) =>
      until(
        () =>
          messages.find(
            (message): message is Extract<AgentMessage, { type: typeof type }> =>
              message.type === type && accepts(message as Extract<AgentMessage, { type: typeof type }>),
          ),
        `a ${type} of the agent`,
      ),
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return decodeBase64(base64) ?? new Uint8Array();
}
