// A host gone mad, as a program of its own: it sends what it can as fast as the socket takes it, of every kind that the protocol knows and
// some that it does not, and connects again at once. Run with its identity as JSON in the first argument; it ends by a signal.
import { WebSocket } from "ws";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { connectPathOf } from "@countersign/shared/wire/enrolment";
import { connectBytesOf, parseControlFrame } from "@countersign/shared/wire/protocol";
import { signBytes } from "@countersign/shared/wire/signature";
import type { FlooderIdentity } from "./flood-story.ts";

/** Frames that are written before the socket is asked whether it is full. */
const FRAMES_AT_ONCE = 200;
/** It breaks its own connection now and then, and comes back at once. */
const CONNECTION_MS = 500;
const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;

const identity = JSON.parse(process.argv[2] ?? "") as FlooderIdentity;
const version = 1;
let sequence = 0;
let sentCount = 0;
let connectionCount = 0;

const outcome = () => ({
  nonce: null,
  grantId: null,
  action: "restart",
  service: "noise",
  status: "failed",
  refusal: null,
  detail: "",
  unitBefore: null,
  unitAfter: null,
  startedAt: 1,
  finishedAt: 2,
  sequence: (sequence += 1),
});

const report = (isFailing: boolean) => ({
  version,
  type: "report",
  digest: false,
  sentAt: Date.now(),
  services: [
    {
      service: "noise",
      unit: null,
      results: [
        {
          check: "noise",
          kind: "http",
          status: isFailing ? "fail" : "pass",
          severity: "critical",
          summary: "",
          latencyMs: 1,
          finishedAt: Date.now(),
          ttlMs: 60_000,
        },
      ],
    },
  ],
});

const session = () => ({
  kind: "session",
  service: "noise",
  at: Date.now(),
  startedAt: Date.now() - 1_000,
  class: "auth",
  detail: "",
});

const gap = (isExecutable: boolean) => ({
  kind: "privilege",
  service: "noise",
  at: Date.now(),
  action: "restart",
  isExecutable,
  command: "sudo -n true",
});

/** One frame after the other, of each kind in turn; four failing reports before four that pass. */
function frameOf(index: number): string {
  switch (index % 7) {
    case 0:
      return JSON.stringify({
        version,
        type: "leaving",
        reason: "stop",
        returnWithinMs: (index * 61_000) % 3_600_000,
      });
    case 1:
      return JSON.stringify({ version, type: "outcome", outcome: outcome() });
    case 2:
    case 3:
      return JSON.stringify(report(index % 48 < 24));
    case 4:
      return JSON.stringify({
        version,
        type: "facts",
        sentAt: Date.now(),
        facts: Array.from({ length: 64 }, session),
      });
    case 5:
      return JSON.stringify({ version, type: "facts", sentAt: Date.now(), facts: [gap(index % 14 < 7)] });
    case 6:
      return "{";
    default:
      throw new Error("seven kinds");
  }
}

async function greet(socket: WebSocket, audience: string, challenge: string): Promise<void> {
  const { hostId, privateKey, bootId } = identity;
  const bytes = connectBytesOf({ hostId, bootId, audience, challenge });
  const signature = encodeBase64(await signBytes(privateKey, bytes));
  const said = {
    agentVersion: "mad",
    hostname: "mad-1",
    audience,
    signature,
    probePort: null,
    catalogue: [],
  };
  socket.send(JSON.stringify({ version, type: "hello", hostId, bootId, ...said }));
}

function flood(socket: WebSocket): void {
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send("ping");
  for (let count = 0; count < FRAMES_AT_ONCE && socket.bufferedAmount < BUFFERED_BYTES_MAX; count += 1) {
    socket.send(frameOf(sentCount));
    sentCount += 1;
  }
  setImmediate(() => flood(socket));
}

function connect(): void {
  const target = new URL(connectPathOf(identity.shard, identity.hostId), identity.url.replace(/^http/, "ws"));
  const socket = new WebSocket(target);
  socket.on("error", () => {}); // "close" follows
  socket.on("close", () => setImmediate(connect));
  socket.on("message", (data) => {
    const frame = parseControlFrame((data as Buffer).toString("utf8"));
    if (!frame.ok) return;
    if (frame.value.type === "challenge") void greet(socket, target.host, frame.value.challenge);
    if (frame.value.type === "welcome") {
      connectionCount += 1;
      flood(socket);
      setTimeout(() => socket.terminate(), CONNECTION_MS);
    }
  });
}

process.on("SIGTERM", () => {
  process.stdout.write(JSON.stringify({ sentCount, connectionCount }), () => process.exit(0));
});
connect();
