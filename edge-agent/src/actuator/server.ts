// The actuator's unix socket: NDJSON frames in, one answer each out. Who may connect is decided by the socket's mode and group;
// whoever does is still not trusted: frames are bounded before they are parsed, connections and their time too.
import { createServer, type Server, type Socket } from "node:net";
import { ACTUATOR_FRAME_BYTES_MAX } from "@countersign/shared/values/limits";
import {
  type ActuatorAnswerBody,
  type ActuatorRequest,
  detailOf,
  encodeActuatorFrame,
  parseActuatorRequest,
} from "../actuator-protocol.ts";

/** Connections at once; the agent needs three. */
const CONNECTIONS_MAX = 16;
/** A connection that neither asks nor is being answered for this long is closed. */
const CONNECTION_IDLE_MS = 30_000;

export type AnswerRequest = (request: ActuatorRequest, isGone: () => boolean) => Promise<ActuatorAnswerBody>;

/** Where to listen: a socket that systemd opened, or a path of our own. */
export type ListenOn = { readonly fd: number } | { readonly path: string };

export interface ActuatorServer {
  /** Instant (by `Date.now()`) of the last sign of a caller. */
  readonly lastActiveAt: () => number;
  readonly connectionCount: () => number;
  readonly close: () => Promise<void>;
}

/** Starts to listen; resolves when connections are accepted. */
export async function serveRequests(listenOn: ListenOn, answer: AnswerRequest): Promise<ActuatorServer> {
  const sockets = new Set<Socket>();
  let lastActiveAt = Date.now();
  const server = createServer((socket) => {
    lastActiveAt = Date.now();
    sockets.add(socket);
    socket.on("close", () => {
      lastActiveAt = Date.now();
      sockets.delete(socket);
    });
    serveConnection(socket, answer);
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, listenOn);
  return {
    lastActiveAt: () => lastActiveAt,
    connectionCount: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, listenOn: ListenOn): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(new Error("Listen on the actuator's socket", { cause })));
    server.listen(listenOn, () => resolve());
  });
}

function serveConnection(socket: Socket, answer: AnswerRequest): void {
  socket.setTimeout(CONNECTION_IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  answerLines(socket, answer).catch(() => socket.destroy());
}

/** One frame is read, answered, then the next is read: a caller that sends without listening fills its own buffer, not ours. */
async function answerLines(socket: Socket, answer: AnswerRequest): Promise<void> {
  const isGone = () => socket.destroyed;
  let received = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    received = Buffer.concat([received, chunk]);
    for (let end = received.indexOf(10); end !== -1; end = received.indexOf(10)) {
      const request = parseActuatorRequest(received.toString("utf8", 0, end));
      received = received.subarray(end + 1);
      if (!request.ok) return refuseFrame(socket, `${request.error.reason}: ${request.error.detail}`);
      socket.setTimeout(0);
      const body = await answerSafely(request.value, answer, isGone);
      if (isGone()) return;
      socket.write(encodeActuatorFrame(request.value.id, body));
      socket.setTimeout(CONNECTION_IDLE_MS);
    }
    if (received.length > ACTUATOR_FRAME_BYTES_MAX)
      return refuseFrame(socket, `frame-too-large: at most ${ACTUATOR_FRAME_BYTES_MAX} bytes a line`);
  }
}

/** After an unreadable frame nothing of this connection is believed. */
function refuseFrame(socket: Socket, detail: string): void {
  socket.end(encodeActuatorFrame(0, { type: "failed", detail: detailOf(detail) }));
}

/** The world's failures become a `failed` answer: the agent reports them, and nothing was executed. */
async function answerSafely(
  request: ActuatorRequest,
  answer: AnswerRequest,
  isGone: () => boolean,
): Promise<ActuatorAnswerBody> {
  try {
    return await answer(request, isGone);
  } catch (error) {
    return { type: "failed", detail: detailOf((error as Error).message) };
  }
}
