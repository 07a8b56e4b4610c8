// The flood as a story: a real control plane, an honest host whose services fail one after the other, and beside it a host gone mad.
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64 } from "@countersign/shared/values/base64";
import { EnrolmentAnswer, enrolmentBytesOf } from "@countersign/shared/wire/enrolment";
import type { ServiceReport } from "@countersign/shared/wire/service-report";
import { generateKeyPair, signBytes } from "@countersign/shared/wire/signature";
import { type ControlPlane, startControlPlane } from "../../control-plane/embedded/control-plane.ts";
import type { Subject } from "../../control-plane/src/core/words/subject.ts";
import { type LightAgent, startLightAgent } from "../system/light-agent.ts";

const POLICY = `
version: 1
checkFailing: { failuresMin: 3, held: 1s }
channels: { terminal: { kind: terminal } }
responders: [{ id: operator, name: "Operator", channels: [terminal] }]
escalation: { steps: [{ notify: [operator], after: 0s }] }
`;
const RESULT_EVERY_MS = 500;
const PAGED_WITHIN_MS = 60_000;
const SETTLE_MS = 2_000;

/** What the flooding program is told. */
export interface FlooderIdentity {
  readonly url: string;
  readonly shard: string;
  readonly hostId: string;
  readonly privateKey: string;
  readonly bootId: string;
}

/** What the flooding program did. */
export interface Flooded {
  readonly sentCount: number;
  readonly connectionCount: number;
}

export class FloodStory {
  readonly #stateDir = mkdtempSync(join(tmpdir(), "countersign-flood-"));
  readonly #pages: { readonly title: string; readonly at: number }[] = [];
  #controlPlane!: ControlPlane;
  #honest!: LightAgent;
  #flooder: { readonly child: ChildProcess; readonly hostId: string; text: string } | null = null;

  async start(): Promise<void> {
    this.#controlPlane = await startControlPlane({
      stateDir: this.#stateDir,
      port: 0,
      policyText: POLICY,
      onPage: ({ title }) => this.#pages.push({ title: String(title), at: performance.now() }),
    });
    this.#honest = await startLightAgent(this.#controlPlane.url, await this.#token(), "honest-1");
    await until(() => this.#honest.isWelcome(), "the honest host to be welcome");
    await pause(SETTLE_MS);
  }

  /** A service of the honest host fails, every half second anew; gives how long it took until a person was paged. */
  async failAndBePaged(service: string): Promise<number> {
    const beganAt = performance.now();
    const timer = setInterval(() => this.#honest.report([failing(service)]), RESULT_EVERY_MS);
    this.#honest.report([failing(service)]);
    try {
      await until(() => this.#pagedAt(service) !== undefined, `the page about ${service}`, PAGED_WITHIN_MS);
      return (this.#pagedAt(service) ?? Number.NaN) - beganAt;
    } finally {
      clearInterval(timer);
    }
  }

  async startFlood(): Promise<string> {
    const keys = await generateKeyPair();
    const token = await this.#token();
    const signature = encodeBase64(await signBytes(keys.privateKey, enrolmentBytesOf(token, keys.publicKey)));
    const { url } = this.#controlPlane;
    const response = await fetch(`${url}/v1/enrol`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ version: 2, token, publicKey: keys.publicKey, hostname: "mad-1", signature }),
    });
    const { hostId, shard } = EnrolmentAnswer.parse(await response.json());
    const identity: FlooderIdentity = {
      url,
      shard,
      hostId,
      privateKey: keys.privateKey,
      bootId: randomUUID(),
    };
    const program = join(import.meta.dirname, "flooder-program.ts");
    const child = spawn(process.execPath, [program, JSON.stringify(identity)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const flooder = { child, hostId, text: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (flooder.text += text));
    this.#flooder = flooder;
    return hostId;
  }

  async endFlood(): Promise<Flooded> {
    const flooder = this.#flooder;
    if (flooder === null) throw new Error("no flood runs");
    this.#flooder = null;
    const ended = new Promise((resolve) => flooder.child.once("close", resolve));
    flooder.child.kill("SIGTERM");
    await ended;
    return JSON.parse(flooder.text) as Flooded;
  }

  async auditCount(): Promise<number> {
    const { rows } = await this.#ask<{ rows: readonly { sequence: number }[] }>("audit");
    return rows[0]?.sequence ?? 0;
  }

  /** Reasons of what was found about one host itself and has not ended; some of it lies beneath other. */
  async openReasonsOf(hostId: string): Promise<readonly string[]> {
    type Found = { readonly reason: string; readonly endedAt: number | null; readonly subject: Subject };
    const { incidents } = await this.#ask<{ incidents: readonly { incidentId: string }[] }>("incidents");
    const shown = await Promise.all(
      incidents.map(({ incidentId }) => this.#ask<{ findings: readonly Found[] }>(`incidents/${incidentId}`)),
    );
    return shown
      .flatMap(({ findings }) => findings)
      .filter(
        ({ endedAt, subject }) => endedAt === null && subject.kind === "host" && subject.hostId === hostId,
      )
      .map(({ reason }) => reason);
  }

  async stop(): Promise<void> {
    this.#flooder?.child.kill("SIGKILL");
    this.#honest.stop();
    await this.#controlPlane.stop();
    rmSync(this.#stateDir, { recursive: true, force: true });
  }

  #pagedAt(service: string): number | undefined {
    return this.#pages.find(({ title }) => title.includes(service))?.at;
  }

  async #token(): Promise<string> {
    return (await this.#ask<{ token: string }>("enrolment-tokens", {})).token;
  }

  async #ask<T>(path: string, body?: object): Promise<T> {
    const { url, adminToken } = this.#controlPlane;
    const response = await fetch(`${url}/v1/admin/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${adminToken}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`Ask ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}

function failing(service: string): ServiceReport {
  const result = {
    check: "http",
    kind: "http" as const,
    status: "fail" as const,
    severity: "critical" as const,
    summary: "connection refused",
    latencyMs: 1,
    finishedAt: Date.now(),
    ttlMs: 60_000,
  };
  return { service, unit: null, results: [result] };
}

/** Waits; nothing in a flood can be told by any other sign. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function until(isSo: () => boolean, what: string, withinMs = 20_000): Promise<void> {
  const endAt = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > endAt) throw new Error(`waited ${withinMs} ms for ${what}`);
    await pause(10);
  }
}
