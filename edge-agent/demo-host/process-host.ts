// A demo host without root: agent and actuator as two processes of the current user, watching a small daemon by pid file and HTTP. It
// proves the flow, not the three zones: one user owns all of it. The service's restart is an exact argv of the catalogue.
import { spawn, type ChildProcess } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Identity, parseJson } from "../src/agent/identity.ts";
import { pathsOf } from "../src/paths.ts";
import { acceptTrustBy, enrolBy, showTrustBy } from "./agent-commands.ts";
import { askActuator } from "./ask-actuator.ts";
import { processCatalogue } from "./catalogue-text.ts";
import type { DemoHost, Say } from "./demo-host.ts";
import { executionsOf } from "./executions.ts";
import { runCommand } from "./run-command.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const AGENT_ENTRY = join(HERE, "..", "src", "countersign-agent.ts");
const SERVICE_ENTRY = join(HERE, "demo-service.ts");
const STOP_TIMEOUT_MS = 5_000;

/** Prepares the directory and starts the service; agent and actuator start when it is enrolled. */
export async function openProcessHost(options: {
  readonly stateDir: string;
  readonly say: Say;
}): Promise<DemoHost> {
  const { say } = options;
  const configDir = join(options.stateDir, "etc");
  const serviceDir = join(options.stateDir, "service");
  for (const folder of [configDir, serviceDir]) await mkdir(folder, { recursive: true, mode: 0o700 });
  // A socket's path may have 107 bytes, so it does not live below the state directory.
  const socketDir = await mkdtemp(join(tmpdir(), "countersign-"));
  const stateDir = join(options.stateDir, "state");
  const socket = join(socketDir, "actuator.sock");
  const paths = pathsOf({ configDir, stateDir, socket });
  const pathFlags = ["--config-dir", configDir, "--state-dir", stateDir, "--socket", socket];
  const children: ChildProcess[] = [];

  const port = await freePort();
  const pidFile = join(serviceDir, "demo.pid");
  const restart = [process.execPath, SERVICE_ENTRY, "restart", serviceDir];
  await writeFile(join(serviceDir, "port"), `${port}\n`);
  await writeFile(join(serviceDir, "owner"), `${process.pid}\n`);
  await writeFile(paths.catalogue, processCatalogue({ port, pidFile, restart }), { mode: 0o600 });

  const start = (command: "actuator" | "run") =>
    children.push(startLogged([command, ...pathFlags], join(options.stateDir, `${command}.log`)));
  const runAgent = (args: readonly string[], input?: string) =>
    runCommand([process.execPath, AGENT_ENTRY, ...args], input);
  const endService = () => runCommand([process.execPath, SERVICE_ENTRY, "end", serviceDir]);

  return {
    kind: "process",
    link: null,
    breakCommand: `kill -9 $(cat '${pidFile}')`,
    enrol: async ({ url, token, trustWords }) => {
      say("starting the demo service");
      await runCommand(restart);
      say("enrolling the host");
      await followControlPlane(paths.identity, url);
      const enrolled = await enrolBy(runAgent, { url, token, trustWords }, pathFlags);
      say("starting actuator and agent");
      start("actuator");
      start("run");
      return enrolled;
    },
    acceptTrust: (words) => acceptTrustBy(runAgent, words, pathFlags),
    trust: () => showTrustBy(runAgent, pathFlags),
    askActuator: (line) => askActuator(socket, line),
    breakService: async () => {
      const pid = await mainPidOf(pidFile);
      if (pid > 0) process.kill(pid, "SIGKILL");
    },
    status: async () => {
      const pid = await mainPidOf(pidFile);
      const journal = await readFile(paths.journal, "utf8").catch(() => "");
      return {
        kind: "process",
        activeState: pid > 0 ? "active" : "failed",
        mainPid: pid,
        executions: executionsOf(journal),
        sudoers: [],
      };
    },
    losePower: async () => {
      for (const child of children) child.kill("SIGKILL");
      await endService();
    },
    stop: async () => {
      await Promise.all(children.map(endChild));
      await endService();
      await rm(socketDir, { recursive: true, force: true });
    },
  };
}

/** Starts the host command; what it says is appended to a file. */
function startLogged(args: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, "a");
  return spawn(process.execPath, [AGENT_ENTRY, ...args], { stdio: ["ignore", log, log] });
}

/** Pid of the running service; 0: none runs. */
async function mainPidOf(pidFile: string): Promise<number> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => "0"));
  return pid > 0 && isAlive(pid) ? pid : 0;
}

/** A host of an earlier run keeps its key; only the port of its control plane may have changed since. */
async function followControlPlane(identityFile: string, url: string): Promise<void> {
  const identity = parseJson(Identity, await readFile(identityFile, "utf8").catch(() => ""));
  if (identity === null || identity.url === url) return;
  await writeFile(identityFile, `${JSON.stringify({ ...identity, url }, null, 2)}\n`, { mode: 0o600 });
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const hasEnded = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await Promise.race([hasEnded, sleep(STOP_TIMEOUT_MS * 2)]);
  clearTimeout(timer);
}

/** Whether a process runs; a zombie, which some containers' init leaves lying about, does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
