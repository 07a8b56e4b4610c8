// The fleet of the actors' tests: the desk and shards by name, agents that speak the real protocol over real sockets, and a clock that
// only moves forward. An agent here does only what it is told.
import { env, runInDurableObject, SELF } from "cloudflare:test";
import { vi } from "vitest";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { sha256Hex } from "@countersign/shared/values/digest";
import { SIGN_IN_TOKEN_TTL_MS } from "@countersign/shared/values/limits";
import { EnrolmentAnswer, connectPathOf, enrolmentBytesOf } from "@countersign/shared/wire/enrolment";
import { connectBytesOf, type ControlMessage, parseControlFrame } from "@countersign/shared/wire/protocol";
import type { CheckResult, ServiceReport, UnitState } from "@countersign/shared/wire/service-report";
import { generateKeyPair, signBytes, type StoredKeyPair } from "@countersign/shared/wire/signature";
import { byAdmin } from "../../../control-plane/src/core/words/actor.ts";
import type { Env } from "../../../control-plane/src/env.ts";
import type { IncidentDesk } from "../../../control-plane/src/platform/desk/incident-desk.ts";
import { newSecret } from "../../../control-plane/src/platform/random-id.ts";
import type { HostShard } from "../../../control-plane/src/platform/shard/host-shard.ts";
import { PATIENT } from "../../patience.ts";
import { expectAnswerOf } from "./closed-answer.ts";

export const bindings = env as unknown as Env & { readonly CHANNEL_WEBHOOK: string };
export const ORIGIN = "https://desk.test";
const AUDIENCE = "desk.test";

export function desk(): DurableObjectStub<IncidentDesk> {
  return bindings.INCIDENT_DESK.get(bindings.INCIDENT_DESK.idFromName("desk"));
}

export function shard(name = "shard-0"): DurableObjectStub<HostShard> {
  return bindings.HOST_SHARD.get(bindings.HOST_SHARD.idFromName(name));
}

/** Asks the API; a body is sent as JSON. What is answered must be what the table of routes says. */
export async function ask(path: string, init: { method?: string; body?: unknown; token?: string } = {}) {
  const { method = "GET", body, token } = init;
  const answer = await SELF.fetch(`${ORIGIN}${path}`, {
    method,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  await expectAnswerOf({ method, path }, answer.clone());
  return answer;
}

/** POSTs an enrolment with a proof made by `key` for `publicKey` (another one's, when a test forges). */
export async function enrol(token: string, key: StoredKeyPair, hostname: string, publicKey = key.publicKey) {
  const signature = encodeBase64(await signBytes(key.privateKey, enrolmentBytesOf(token, publicKey)));
  return ask("/v1/enrol", { method: "POST", body: { version: 2, token, publicKey, hostname, signature } });
}

/** The token of a one-time link, whoever is signed in: as the desk stores one that it sends to a person. */
export async function signInToken(responder = "operator"): Promise<string> {
  const token = `csi_${newSecret()}`;
  await runInDurableObject(desk(), (_instance, { storage }) =>
    storage.sql.exec(
      "INSERT INTO tokens (hash, kind, holder, expires_at) VALUES (?, 'sign-in', ?, ?)",
      sha256Hex(token),
      responder,
      Date.now() + SIGN_IN_TOKEN_TTL_MS,
    ),
  );
  return token;
}

export interface EnrolledHost {
  readonly key: StoredKeyPair;
  readonly hostId: string;
  readonly shard: string;
}

/** A host with a key of its own and a place in a shard. */
export async function enrolledHost(hostname = "web-1"): Promise<EnrolledHost> {
  const key = await generateKeyPair();
  const { token } = await desk().createEnrolmentToken(byAdmin());
  const answer = EnrolmentAnswer.parse(await (await enrol(token, key, hostname)).json());
  return { key, hostId: answer.hostId, shard: answer.shard };
}

/** One agent's socket: what it received, and how it was closed. */
export class AgentSocket {
  readonly socket: WebSocket;
  readonly received: ControlMessage[] = [];
  readonly texts: string[] = [];
  closedWith: number | null = null;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.accept();
    socket.addEventListener("message", ({ data }) => {
      this.texts.push(String(data));
      const parsed = parseControlFrame(String(data));
      if (parsed.ok) this.received.push(parsed.value);
    });
    socket.addEventListener("close", ({ code }) => {
      this.closedWith = code;
    });
  }

  send(message: object): void {
    this.socket.send(JSON.stringify({ version: 1, ...message }));
  }

  /** Resolves with the first message of a type, now or later. */
  async expect<T extends ControlMessage["type"]>(type: T): Promise<Extract<ControlMessage, { type: T }>> {
    return vi.waitFor(() => {
      const found = this.received.find((message) => message.type === type);
      if (found === undefined) throw new Error(`no "${type}" came; closed with ${this.closedWith}`);
      return found as Extract<ControlMessage, { type: T }>;
    }, PATIENT);
  }

  async expectClose(): Promise<number> {
    return vi.waitFor(() => {
      if (this.closedWith === null) throw new Error("the socket is still open");
      return this.closedWith;
    }, PATIENT);
  }

  /** Sends the keepalive and waits for the runtime's own answer. */
  async ping(): Promise<void> {
    const count = this.texts.length;
    this.socket.send("ping");
    await vi.waitFor(() => {
      if (this.texts.slice(count).includes("pong")) return;
      throw new Error("no pong came");
    }, PATIENT);
  }
}

/** Opens a socket at the host's path; nothing is proven yet. */
export async function dial(host: { readonly hostId: string; readonly shard: string }): Promise<AgentSocket> {
  const response = await SELF.fetch(`${ORIGIN}${connectPathOf(host.shard, host.hostId)}`, {
    headers: { upgrade: "websocket", "CF-Connecting-IP": "127.0.0.1" },
  });
  if (response.webSocket === null) throw new Error(`no socket: HTTP ${response.status}`);
  return new AgentSocket(response.webSocket);
}

export const BOOT = "0b0b0b0b-0000-4000-8000-000000000001";
export const OTHER_BOOT = "0b0b0b0b-0000-4000-8000-000000000002";

/** A hello that answers the challenge; what a test forges is overridden. */
export async function helloOf(host: EnrolledHost, challenge: string, forged: Record<string, unknown> = {}) {
  const proof = { hostId: host.hostId, bootId: BOOT, audience: AUDIENCE, challenge, ...forged };
  const signature = encodeBase64(await signBytes(host.key.privateKey, connectBytesOf(proof)));
  const { hostId, bootId, audience } = proof;
  const action = { action: "restart", level: 4 };
  return {
    type: "hello",
    hostId,
    bootId,
    agentVersion: "0.1.0",
    hostname: "web-1",
    audience,
    signature: (forged.signature as string | undefined) ?? signature,
    probePort: (forged.probePort as number | undefined) ?? null,
    catalogue: [{ service: "demo", title: "Demo", unit: "demo.service", actions: [action] }],
    signing: forged.signing ?? { version: 2, trust: null },
  };
}

/** A connected, proven agent whose first digest was accepted. */
export async function connectedAgent(host: EnrolledHost, bootId = BOOT): Promise<AgentSocket> {
  const agent = await provenAgent(host, bootId);
  agent.send({ type: "report", digest: true, sentAt: Date.now(), services: [] });
  await vi.waitFor(
    async () => {
      const states = await shard(host.shard).snapshot();
      const state = states.find(({ hostId }) => hostId === host.hostId);
      if (state?.unheard !== null) throw new Error(`no digest was accepted; closed with ${agent.closedWith}`);
    },
    { ...PATIENT, interval: 5 },
  );
  return agent;
}

/** A connected, proven agent that has said nothing since its hello. */
export async function provenAgent(host: EnrolledHost, bootId = BOOT): Promise<AgentSocket> {
  const agent = await dial(host);
  const { challenge } = await agent.expect("challenge");
  agent.send(await helloOf(host, challenge, { bootId }));
  await agent.expect("welcome");
  return agent;
}

/** A proven agent of the services demo and other, each of which may do these actions. */
export async function agentWithActions(
  host: EnrolledHost,
  actions: ReadonlyArray<{ readonly action: string; readonly level: number; readonly undo?: string }>,
): Promise<AgentSocket> {
  const agent = await dial(host);
  const { challenge } = await agent.expect("challenge");
  const catalogue = ["demo", "other"].map((service) => ({
    service,
    title: service,
    unit: `${service}.service`,
    actions,
  }));
  agent.send({ ...(await helloOf(host, challenge)), catalogue });
  await agent.expect("welcome");
  return agent;
}

export const UNIT: UnitState = {
  activeState: "active",
  subState: "running",
  result: "success",
  restartCount: 0,
  invocationId: "a".repeat(32),
  mainPid: 4_242,
  activeEnterAt: 1,
  memoryCurrentBytes: null,
};

/** A report of the demo service with one HTTP check. */
export function serviceReport(status: CheckResult["status"], unit: UnitState = UNIT): ServiceReport {
  const result: CheckResult = {
    check: "http",
    kind: "http",
    status,
    severity: "critical",
    summary: status === "pass" ? "200 in 3 ms" : "connection refused",
    latencyMs: 3,
    finishedAt: Date.now(),
    ttlMs: 86_400_000,
  };
  return { service: "demo", unit, results: [result] };
}

/** Fakes Date from now on; `advance` moves it. Nothing but Date is faked. */
export function takeClock(): { advance: (durationMs: number) => void } {
  vi.useFakeTimers({ toFake: ["Date"] });
  return { advance: (durationMs) => void vi.setSystemTime(Date.now() + durationMs) };
}
