// A host in a temporary directory: catalogue, both trust files, keys, one approver with a passkey, and a real actuator process on a real unix
// socket. The exec action appends a line to a file: what was executed is counted there and nowhere else.
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { inject } from "vitest";
import type { Assertion } from "@countersign/shared/wire/assertion";
import { type Envelope, sealEnvelope } from "@countersign/shared/wire/envelope";
import type { SignedTrust } from "@countersign/shared/wire/fleet-trust";
import type { Grant } from "@countersign/shared/wire/grant";
import type { HostTrust } from "@countersign/shared/wire/host-trust";
import type { Outcome } from "@countersign/shared/wire/outcome";
import { parseProposal, type Proposal, proposalHashOf } from "@countersign/shared/wire/proposal";
import { generateKeyPair, type StoredKeyPair } from "@countersign/shared/wire/signature";
import type { SignedStanding } from "@countersign/shared/wire/standing";
import { type ActuatorClient, type Ask, createActuatorClient } from "../../edge-agent/src/actuator-client.ts";
import { type HostPaths, pathsOf } from "../../edge-agent/src/paths.ts";
import { newPerson, PARTY, signTrust, type TestPerson, trustOf } from "./trust/approvers.ts";

export const HOST_ID = `host_${"a".repeat(32)}`;

/** What a grant is signed by; absent: the desk's key, and alice's passkey over the proposal. */
export interface SignedBy {
  readonly key?: StoredKeyPair;
  readonly people?: readonly TestPerson[];
  /** takes the place of what people sign */
  readonly assertions?: readonly Assertion[];
  readonly standing?: SignedStanding;
}

export interface Minted {
  readonly bytes: Uint8Array;
  readonly proposal: Proposal;
}

export class ActuatorHost {
  readonly directory: string;
  readonly paths: HostPaths;
  readonly desk: StoredKeyPair;
  /** the fleet's one approver at first */
  readonly alice: TestPerson;
  readonly client: ActuatorClient;
  #process: ChildProcess | null = null;
  #output = "";

  private constructor(directory: string, desk: StoredKeyPair, alice: TestPerson) {
    this.directory = directory;
    this.desk = desk;
    this.alice = alice;
    this.paths = pathsOf({ configDir: join(directory, "config"), stateDir: join(directory, "state") });
    this.client = createActuatorClient({ socketPath: this.paths.socket, timeoutMs: 8_000 });
  }

  static async create(): Promise<ActuatorHost> {
    const directory = await mkdtemp(join(tmpdir(), "countersign-actuator-"));
    const host = new ActuatorHost(directory, await generateKeyPair(), await newPerson("alice"));
    await mkdir(host.paths.configDir, { mode: 0o700 });
    await host.writeTrust();
    await host.accept(await signTrust(trustOf([host.alice], host.desk.publicKey)));
    await host.writeCatalogue();
    return host;
  }

  /** Writes root's own file. */
  async writeTrust(changes: Partial<HostTrust> = {}): Promise<void> {
    const deskKeys = [{ keyId: "desk-1", publicKey: this.desk.publicKey }];
    const trust: HostTrust = { version: 2, hostId: HOST_ID, party: PARTY, deskKeys, ...changes };
    await writeFile(this.paths.trust, JSON.stringify(trust), { mode: 0o600 });
  }

  /** Puts a version of the fleet's trust in place as root does; null: none is accepted. */
  async accept(signed: SignedTrust | null): Promise<void> {
    if (signed === null) await rm(this.paths.fleetTrust, { force: true });
    else await writeFile(this.paths.fleetTrust, JSON.stringify(signed), { mode: 0o600 });
  }

  /** Two services whose `restart` appends `word` to the effects file; `worker` is observed by a pid file. */
  async writeCatalogue(
    options: { word?: string; pauseSeconds?: number; budget?: number } = {},
  ): Promise<void> {
    const { word = "restarted", pauseSeconds = 0, budget = 100 } = options;
    const script = join(this.directory, "act.cjs");
    await writeFile(
      script,
      `setTimeout(() => require("node:fs").appendFileSync(${JSON.stringify(this.effectsPath)}, process.argv[2] + "\\n"), ${pauseSeconds * 1_000});`,
    );
    const action = (name: string, level: number) =>
      `{ name: ${name}, kind: exec, level: ${level}, timeout: 10s, argv: [${JSON.stringify(process.execPath)}, ${JSON.stringify(script)}, ${word}] }`;
    const text = `version: 1
budget: { restartsMax: ${budget}, window: 1h }
services:
  - name: web
    checks: [{ kind: tcp, name: port, port: 1 }]
    actions: [${action("restart", 4)}, ${action("fall-back", 5)}, ${action("retry", 2)}]
  - name: worker
    pidFile: ${this.pidPath}
    checks: [{ kind: unit, name: process }]
    actions: [${action("restart", 4)}]
`;
    await writeFile(this.paths.catalogue, text, { mode: 0o600 });
    await chmod(this.paths.catalogue, 0o600);
  }

  get effectsPath(): string {
    return join(this.directory, "effects");
  }

  get pidPath(): string {
    return join(this.directory, "worker.pid");
  }

  /** How often the action really ran. */
  async effectCount(): Promise<number> {
    const text = await readFile(this.effectsPath, "utf8").catch(() => "");
    return text.split("\n").length - 1;
  }

  /** Starts the actuator; `crash` says where its process kills itself. */
  async start(options: { crash?: string; lifetimeMs?: number } = {}): Promise<void> {
    const child = spawn(
      process.execPath,
      [inject("actuatorBundle"), this.directory, JSON.stringify(options)],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.#process = child;
    this.#output = "";
    const keep = (chunk: Buffer) => (this.#output += chunk.toString());
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (child.exitCode !== null) throw new Error(`The actuator did not start: ${this.#output}`);
      if (await canConnect(this.paths.socket)) return;
      await wait(50);
    }
    throw new Error(`The actuator did not listen: ${this.#output}`);
  }

  /** Runs one more actuator on the same state, to its end; returns what it said. */
  async startAnother(): Promise<string> {
    const child = spawn(process.execPath, [inject("actuatorBundle"), this.directory], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    return output;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const child = this.#process;
    if (child === null) return null;
    child.kill(signal);
    return this.ended();
  }

  /** Resolves when the process has ended, by itself too. */
  async ended(): Promise<number | null> {
    const child = this.#process;
    if (child === null) return null;
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once("exit", resolve));
    return child.exitCode;
  }

  get output(): string {
    return this.#output;
  }

  async propose(service = "web", action = "restart", ask: Partial<Ask> = {}): Promise<Minted> {
    const answer = await this.client.propose({ ...askFor(service, action), ...ask });
    if (answer.type === "refused") throw new Error(`Not minted: ${answer.reason}: ${answer.detail}`);
    const bytes = new Uint8Array(Buffer.from(answer.proposal, "base64"));
    const proposal = parseProposal(bytes);
    if (!proposal.ok) throw new Error(proposal.error.detail);
    return { bytes, proposal: proposal.value };
  }

  grantOf({ bytes, proposal }: Minted, changes: Partial<Grant> = {}): Grant {
    return {
      version: 2,
      grantId: `grt_${"g".repeat(22)}`,
      hostId: proposal.hostId,
      nonce: proposal.nonce,
      proposalHash: proposalHashOf(bytes),
      action: proposal.action,
      service: proposal.service,
      approvedBy: "alice",
      approvedAt: Date.now(),
      proposalAgeMaxMs: 60_000,
      ...changes,
    };
  }

  /** What the desk seals; `minted` is what people have signed. */
  async sign(grant: Grant, minted: Minted, by: SignedBy = {}): Promise<Envelope> {
    const { key = this.desk, standing } = by;
    const people = by.people ?? (standing === undefined ? [this.alice] : []);
    const assertions =
      by.assertions ?? (await Promise.all(people.map(({ sign }) => sign("proposal", minted.bytes))));
    const payload = new TextEncoder().encode(JSON.stringify(grant));
    return sealEnvelope(payload, { keyId: "desk-1", privateKey: key.privateKey }, { assertions, standing });
  }

  /** Signs, executes; returns the socket's answer. */
  async approve(minted: Minted, changes: Partial<Grant> = {}, by: SignedBy = {}) {
    const grant = this.grantOf(minted, changes);
    return this.client.execute(grant.grantId, await this.sign(grant, minted, by));
  }

  /** Waits for the next outcome after a sequence. */
  async outcome(afterSequence = 0): Promise<Outcome> {
    const [outcome] = await this.client.outcomes(afterSequence, 12_000);
    if (outcome === undefined) throw new Error(`No outcome came: ${this.#output}`);
    return outcome;
  }

  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    // what was started may write once more
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** What a rule asks for. */
export function askFor(service = "web", action = "restart"): Ask {
  return {
    service,
    action,
    askedBy: { kind: "rule", rule: "check-failing" },
    reason: "It does not answer.",
  };
}

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
