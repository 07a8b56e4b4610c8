// A host made of test code, on a real socket: it enrols, proves its key, pings, reports what it is told to, and answers for its actuator
// (simulated-actuator.ts). Grants are kept for the test to look at; nothing is executed.
import { randomUUID } from "node:crypto";
import { WebSocket } from "ws";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { HOST_FRAMES_BURST_MAX } from "@countersign/shared/values/limits";
import { connectPathOf, EnrolmentAnswer, enrolmentBytesOf } from "@countersign/shared/wire/enrolment";
import type { Envelope } from "@countersign/shared/wire/envelope";
import type { ExaminedFinding } from "@countersign/shared/wire/examined";
import type { Fact } from "@countersign/shared/wire/fact";
import type { Outcome } from "@countersign/shared/wire/outcome";
import {
  connectBytesOf,
  KEEPALIVE_TEXT,
  parseControlFrame,
  PROTOCOL_VERSION,
  SIGNING_VERSION,
  type AgentMessage,
  type ControlMessage,
} from "@countersign/shared/wire/protocol";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { generateKeyPair, signBytes } from "@countersign/shared/wire/signature";
import { type ReceivedGrant, SimulatedActuator } from "./simulated-actuator.ts";

const version = PROTOCOL_VERSION;
const PING_EVERY_MS = 1_000;

export interface SimulatedService {
  readonly service: string;
  /** how long the host honours a proposal for it */
  readonly proposalLifetimeMs: number;
  /** its check tells one result that is soon stale, and none after it */
  readonly isStale?: true;
  /** the action that its actuator proposes, whatever is asked; absent: a restart */
  readonly answersWith?: string;
}

/** What is known of a service (null: the host itself) since when, in milliseconds ago; default: now. */
export type ToldFact = Fact extends infer F
  ? F extends Fact
    ? Omit<F, "at"> & { readonly ago?: number }
    : never
  : never;

interface EnrolledIdentity extends EnrolmentAnswer {
  readonly privateKey: string;
  readonly actuator: SimulatedActuator;
}

export class SimulatedHost {
  readonly name: string;
  readonly grants: ReceivedGrant[] = [];
  readonly #services: readonly SimulatedService[];
  readonly bootId = randomUUID();
  readonly #failing = new Set<string>();
  readonly #invocations = new Map<string, string>();
  #identity: EnrolledIdentity | null = null;
  #socket: WebSocket | null = null;
  #timer: NodeJS.Timeout | null = null;
  #sequence = 1;

  constructor(name: string, services: readonly SimulatedService[]) {
    this.name = name;
    this.#services = services;
  }

  /** Enrols with a one-time token, connects, and reports all services as healthy. */
  async join(url: string, token: string): Promise<void> {
    const keys = await generateKeyPair();
    const signature = encodeBase64(await signBytes(keys.privateKey, enrolmentBytesOf(token, keys.publicKey)));
    const response = await fetch(`${url}/v1/enrol`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ version: 2, token, publicKey: keys.publicKey, hostname: this.name, signature }),
    });
    if (!response.ok) throw new Error(`Enrol host: ${response.status} ${await response.text()}`);
    const answer = EnrolmentAnswer.parse(await response.json());
    const actuator = new SimulatedActuator(answer);
    this.#identity = { ...answer, privateKey: keys.privateKey, actuator };
    await this.connect(url);
  }

  /** Connects with the key it has. */
  connect(url: string): Promise<void> {
    const { hostId, shard } = this.#known();
    return this.#connect(new URL(connectPathOf(shard, hostId), url.replace(/^http/, "ws")));
  }

  /** Its root accepts who may approve, as the desk has offered it; it says so with its next connection. */
  acceptTrust(): void {
    this.#known().actuator.acceptOffered();
  }

  /** Another machine with the same key, which asks to be let in. */
  copy(): SimulatedHost {
    const copy = new SimulatedHost(this.name, this.#services);
    copy.#identity = this.#known();
    return copy;
  }

  /** Tells facts, as an agent that collects them would. */
  tell(told: readonly ToldFact[]): void {
    const now = Date.now();
    const facts: Fact[] = told.map(({ ago = 0, ...fact }) => ({ ...fact, at: now - ago }));
    this.#send({ version, type: "facts", sentAt: now, facts });
  }

  /** Tells what its own doctor found. */
  tellExamined(findings: readonly ExaminedFinding[]): void {
    this.#send({ version, type: "examined", at: Date.now(), findings: [...findings] });
  }

  /** Sends more at once than a host may. */
  flood(): void {
    const nothing: AgentMessage = {
      version,
      type: "report",
      digest: false,
      sentAt: Date.now(),
      services: [],
    };
    for (let count = 0; count < 2 * HOST_FRAMES_BURST_MAX; count += 1) this.#send(nothing);
  }

  /** Announces an absence and closes. */
  announceReboot(returnWithinMs: number): void {
    this.#send({ version, type: "leaving", reason: "reboot", returnWithinMs });
    this.leave("in order");
  }

  /** The service's http check fails from now on, in every report. */
  breakService(service: string): void {
    this.#failing.add(service);
  }

  /** Says how a granted restart ended. Succeeded: a new InvocationID, and health. */
  finishRestart({ grant, signers }: ReceivedGrant, status: "succeeded" | "failed" = "succeeded"): void {
    if (status === "succeeded") {
      this.#failing.delete(grant.service);
      this.#invocations.delete(grant.service);
    }
    const now = Date.now();
    const outcome: Outcome = {
      nonce: grant.nonce,
      grantId: grant.grantId,
      action: grant.action,
      service: grant.service,
      status,
      refusal: null,
      detail:
        status === "succeeded"
          ? "active after 0.2 s, MainPID 4120 is now 4377"
          : "Job for the unit failed because the control process exited with error code.",
      unitBefore: null,
      unitAfter: null,
      startedAt: now,
      finishedAt: now,
      signers: [...signers],
      sequence: this.#sequence++,
    };
    this.#send({ version, type: "outcome", outcome });
    this.#report(false);
  }

  /** Is gone from now on; in order: what was sent before still arrives. */
  leave(how: "at once" | "in order" = "at once"): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (how === "in order") this.#socket?.close(1000);
    else this.#socket?.terminate();
  }

  #connect(url: URL): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url);
      this.#socket = socket;
      socket.on("error", reject);
      socket.on("close", (code, reason) =>
        reject(new Error(`Connect host: closed ${code} ${String(reason)}`)),
      );
      socket.on("message", (data) => {
        const text = Buffer.isBuffer(data) ? data.toString("utf8") : "";
        if (text === "pong") return;
        const frame = parseControlFrame(text);
        if (!frame.ok) return reject(new Error(`Read frame: ${frame.error.detail}`));
        this.#answer(frame.value, url.host).then(() => frame.value.type === "welcome" && resolve(), reject);
      });
    });
  }

  async #answer(message: ControlMessage, audience: string): Promise<void> {
    switch (message.type) {
      case "challenge":
        return this.#hello(message.challenge, audience);
      case "welcome":
        this.#report(true);
        this.#timer = setInterval(() => {
          this.#socket?.send(KEEPALIVE_TEXT);
          if (this.#failing.size > 0) this.#report(false);
        }, PING_EVERY_MS);
        return;
      case "propose":
        return this.#propose(message);
      case "grant":
        return this.#receiveGrant(message.envelope);
      case "trust":
        return this.#send(await this.#known().actuator.takeTrust(message));
      case "outcome-acknowledged":
        return;
      case "report-wanted":
        return this.#report(true);
      case "frame-refused":
        throw new Error(`Send frame: the shard refused it (${message.reason})`);
    }
  }

  async #hello(challenge: string, audience: string): Promise<void> {
    const { actuator, hostId, privateKey } = this.#known();
    const bootId = this.bootId;
    const proof = connectBytesOf({ hostId, bootId, audience, challenge });
    const signature = encodeBase64(await signBytes(privateKey, proof));
    const catalogue = this.#services.map(({ service }) => ({
      service,
      title: service,
      unit: `${service}.service`,
      actions: [{ action: "restart", level: 4 }],
    }));
    const about = { agentVersion: "0.1.0", hostname: this.name, audience, probePort: null };
    const signing = { version: SIGNING_VERSION, trust: actuator.mark } as const;
    this.#send({ version, type: "hello", hostId, bootId, signature, catalogue, signing, ...about });
  }

  #propose(asked: Extract<ControlMessage, { readonly type: "propose" }>): void {
    const { requestId, service } = asked;
    const { unit } = this.#reportOf(service);
    const known = this.#services.find((one) => one.service === service);
    const { proposalLifetimeMs: lifetimeMs = 0, answersWith: action = "restart" } = known ?? {};
    if (unit === null) throw new Error("Mint proposal: the service has no unit");
    const { actuator, hostId } = this.#known();
    const bytes = actuator.mint(asked, { action, bootId: this.bootId, hostId, lifetimeMs, unit });
    const answer = { version: SIGNING_VERSION, requestId } as const;
    if (bytes === null)
      this.#send({ ...answer, type: "proposal-refused", reason: "level-closed", detail: "no approver" });
    else this.#send({ ...answer, type: "proposal", proposal: encodeBase64(bytes) });
  }

  async #receiveGrant(envelope: Envelope): Promise<void> {
    this.grants.push(await this.#known().actuator.admit(envelope));
  }

  #report(digest: boolean): void {
    const told = this.#services.filter(({ service }) => digest || !this.#isStale(service));
    const services = told.map(({ service }) => this.#reportOf(service));
    this.#send({ version, type: "report", digest, sentAt: Date.now(), services });
  }

  #reportOf(service: string): ServiceReport {
    const isFailing = this.#failing.has(service);
    const invocationId = this.#invocations.get(service) ?? randomUUID().replaceAll("-", "");
    this.#invocations.set(service, invocationId);
    return {
      service,
      unit: {
        activeState: isFailing ? "failed" : "active",
        subState: isFailing ? "failed" : "running",
        result: isFailing ? "exit-code" : "success",
        restartCount: 0,
        invocationId,
        mainPid: isFailing ? 0 : 4120,
        activeEnterAt: Date.now(),
        memoryCurrentBytes: null,
      },
      results: [
        {
          check: "http",
          kind: "http",
          status: isFailing ? "fail" : "pass",
          severity: "critical",
          summary: isFailing ? "GET http://127.0.0.1:8080/healthz: connection refused" : "200 in 4 ms",
          latencyMs: isFailing ? null : 4,
          finishedAt: Date.now(),
          ttlMs: this.#isStale(service) ? 500 : 86_400_000,
        },
      ],
    };
  }

  #isStale(service: string): boolean {
    return this.#services.some((known) => known.service === service && known.isStale === true);
  }

  #known() {
    if (this.#identity === null) throw new Error("Use host: it has not enrolled");
    return this.#identity;
  }

  #send(message: AgentMessage): void {
    this.#socket?.send(JSON.stringify(message));
  }
}
