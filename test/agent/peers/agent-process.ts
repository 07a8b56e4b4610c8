// Runs the host command as a real process, from the bundle of `agent-bundle.ts`, in directories of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { generateKeyPair } from "@countersign/shared/wire/signature";
import { AGENT_ENTRY } from "../../../edge-agent/build.ts";
import { hostIdOfKey, saveIdentity } from "../../../edge-agent/src/agent/identity.ts";
import { knowHost } from "./control-plane-peer.ts";

export interface HostDirectories {
  readonly root: string;
  readonly configDir: string;
  readonly stateDir: string;
  readonly identity: string;
  readonly catalogue: string;
  readonly socket: string;
  /** arguments that name them */
  readonly flags: readonly string[];
  readonly remove: () => Promise<void>;
}

/** Makes empty directories of a host in process mode. */
export async function makeHostDirectories(): Promise<HostDirectories> {
  const root = await mkdtemp(join(tmpdir(), "cs-agent-"));
  const configDir = join(root, "config");
  const stateDir = join(root, "state");
  await mkdir(configDir);
  return {
    root,
    configDir,
    stateDir,
    identity: join(stateDir, "agent/identity.json"),
    catalogue: join(configDir, "catalogue.yaml"),
    socket: join(stateDir, "actuator.sock"),
    flags: ["--config-dir", configDir, "--state-dir", stateDir],
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Writes a catalogue with the mode that is asked of it. */
export async function writeCatalogue(host: HostDirectories, text: string): Promise<void> {
  await writeFile(host.catalogue, text, { mode: 0o644 });
}

/** Puts an identity in place as an enrolment would have; gives the host id. */
export async function enrolDirectly(host: HostDirectories, url: string): Promise<string> {
  const { publicKey, privateKey } = await generateKeyPair();
  const hostId = hostIdOfKey(publicKey) ?? "";
  await mkdir(join(host.stateDir, "agent"), { recursive: true, mode: 0o700 });
  await saveIdentity(host.identity, {
    version: 1,
    url,
    hostId,
    shard: "shard-0",
    publicKey,
    privateKey,
    deskKeyId: "desk-1",
    deskPublicKey: publicKey,
    enrolledAt: 1,
  });
  knowHost(hostId, publicKey);
  return hostId;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AgentProcess {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** log lines of one event, parsed */
  readonly events: (event: string) => readonly Readonly<Record<string, unknown>>[];
  readonly finished: Promise<Finished>;
  readonly stop: (signal?: NodeJS.Signals) => Promise<Finished>;
}

/** Starts the host command. */
export function startCommand(
  args: readonly string[],
  options: {
    /** a module hook that changes one of its sources, which then run in place of the bundle */
    readonly hook?: string;
    readonly env?: NodeJS.ProcessEnv;
    /** another program than the host command, after Node's own flags */
    readonly program?: readonly string[];
    /** what it reads from standard input; absent: nothing */
    readonly input?: string;
  } = {},
): AgentProcess {
  const { hook } = options;
  const program =
    hook === undefined ? (options.program ?? [inject("agentBundle")]) : ["--import", hook, AGENT_ENTRY];
  const child = spawn(process.execPath, [...program, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NOTIFY_SOCKET: undefined, ...options.env },
  });
  child.stdin.on("error", () => undefined).end(options.input);
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const finished = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    events: (event) =>
      stderr
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line["event"] === event),
    finished,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return finished;
    },
  };
}

const COMMAND_TIMEOUT_MS = 15_000;

/** Runs the host command to its end; one that does not end is killed and has the code null. */
export async function runCommand(...args: readonly string[]): Promise<Finished> {
  const command = startCommand(args);
  const timer = setTimeout(() => command.child.kill("SIGKILL"), COMMAND_TIMEOUT_MS);
  const finished = await command.finished;
  clearTimeout(timer);
  return finished;
}
