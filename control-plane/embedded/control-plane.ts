// Starts the control plane embedded: the same Worker in workerd on this machine, state on disk. It runs in a process of its own so
// that a test can kill it as a crash would, and so that nothing of it outlives the starter.
import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Refusal } from "./refusal.ts";
import { openRotatedLog } from "./rotated-log.ts";
import { adminTokenFileOf, loadSecrets, lockStateDirectory, openStateDirectory } from "./state-directory.ts";
import type { Listen, TerminalPage, WorkerdMessage, WorkerdOptions } from "./workerd-messages.ts";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 8_000;
const LOG_LINES_MAX = 20;

export interface ControlPlaneOptions {
  readonly port: number;
  readonly host?: string;
  readonly stateDir: string;
  readonly isFresh?: boolean;
  readonly policyText: string;
  /** where people reach the desk, once its port is known; default: the listening address */
  readonly publicUrlAt?: (port: number) => Promise<string>;
  /** further addresses, such as the near end of a demo host's link; port 0: the same port */
  readonly alsoListen?: readonly Listen[];
  /** the callers are proxies of ours: believe what they say of who called them */
  readonly isProxyTrusted?: boolean;
  /** secrets that the policy's channels name */
  readonly bindings?: Readonly<Record<string, string>>;
  readonly onPage?: (page: TerminalPage) => void;
  /** called when it ends without being asked to */
  readonly onCrash?: (sentence: string) => void;
  readonly workerEntry?: string;
}

export interface ControlPlane {
  /** where this machine reaches it */
  readonly url: string;
  /** where people do */
  readonly publicUrl: string;
  readonly adminToken: string;
  /** where it stands by itself, for the `countersign` command */
  readonly adminTokenFile: string;
  readonly deskPublicKey: string;
  /** where its log is */
  readonly logFile: string;
  /** ends it in order */
  readonly stop: () => Promise<void>;
  /** ends it as a crash does: SIGKILL to all of it */
  readonly kill: () => Promise<void>;
}

/** Starts it; resolves when it answers. Refuses (with one sentence) a taken port and an unwritable state directory. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const host = options.host ?? "127.0.0.1";
  openStateDirectory(options.stateDir, options.isFresh === true);
  const port = await reservePort(host, options.port);
  const peer = host === "127.0.0.1" ? host : null;
  const others = (options.alsoListen ?? []).map((other) => ({ ...other, port: other.port || port }));
  for (const other of others) await reservePort(other.host, other.port);
  const listen = [{ host, port, peer }, ...others];
  const unlock = lockStateDirectory(options.stateDir);
  const secrets = await loadSecrets(options.stateDir);
  const url = `http://${nameOfHere(host)}:${port}`;
  const publicUrl = (await options.publicUrlAt?.(port)) ?? url;
  const logFile = join(options.stateDir, "control-plane.log");
  const { child, workerdPids } = await runWorkerd(
    {
      stateDir: options.stateDir,
      listen,
      isProxyTrusted: options.isProxyTrusted === true,
      publicUrl,
      policyText: options.policyText,
      secrets,
      bindings: options.bindings ?? {},
      ...(options.workerEntry === undefined ? {} : { workerEntry: options.workerEntry }),
    },
    { logFile, onPage: options.onPage ?? (() => {}) },
  );
  let isEnding = false;
  const hasEnded = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void hasEnded.then(() => {
    unlock();
    if (!isEnding) options.onCrash?.(`The control plane ended by itself; its log is ${logFile}.`);
  });
  const kill = async () => {
    isEnding = true;
    for (const pid of [child.pid, ...workerdPids]) if (pid !== undefined) killNow(pid);
    await hasEnded;
  };
  const stop = async () => {
    isEnding = true;
    child.stdin?.end();
    const timer = setTimeout(() => void kill(), STOP_TIMEOUT_MS);
    await hasEnded;
    clearTimeout(timer);
  };
  const adminTokenFile = adminTokenFileOf(options.stateDir);
  return {
    url,
    publicUrl,
    adminToken: secrets.adminToken,
    adminTokenFile,
    deskPublicKey: secrets.deskPublicKey,
    logFile,
    stop,
    kill,
  };
}

async function runWorkerd(
  options: WorkerdOptions,
  { logFile, onPage }: { readonly logFile: string; readonly onPage: (page: TerminalPage) => void },
): Promise<{ child: ChildProcess; workerdPids: readonly number[] }> {
  const entry = join(dirname(fileURLToPath(import.meta.url)), "workerd-process.ts");
  // In a group of its own: Ctrl-C does not reach it, so the demo host can still say good-bye to it.
  const child = spawn(process.execPath, [entry], { stdio: ["pipe", "pipe", "pipe"], detached: true });
  const writeLog = openRotatedLog(logFile);
  const logTail: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    writeLog(`${line}\n`);
    logTail.push(line);
    if (logTail.length > LOG_LINES_MAX) logTail.shift();
  });
  child.stdin.on("error", () => {}); // it died; "close" tells
  child.stdin.write(`${JSON.stringify(options)}\n`);
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      child.kill("SIGKILL");
      reject(new Error(`Start the control plane: ${what}\n${logTail.join("\n")}\nWhole log: ${logFile}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.once("close", (code) => fail(`it ended with ${code ?? "a signal"}`));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const message = JSON.parse(line) as WorkerdMessage;
      switch (message.kind) {
        case "page":
          return onPage(message.page);
        case "failed":
          return fail(message.sentence);
        case "ready":
          clearTimeout(timer);
          return resolve({ child, workerdPids: message.workerdPids });
      }
    });
  });
}

function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone already
  }
}

/** How this machine reaches what listens there: an address that stands for all is none. */
function nameOfHere(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

/** Says at once, in words, when the port cannot be had; 0 chooses a free one. */
function reservePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Refusal(portSentence(host, port, error))),
    );
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}

function portSentence(host: string, port: number, error: NodeJS.ErrnoException): string {
  switch (error.code ?? "") {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken: stop what listens there, or choose another one with --port N.`;
    case "EACCES":
      return `Port ${port} needs a privilege that this user does not have: choose one above 1023 with --port N.`;
    case "EADDRNOTAVAIL":
      return `This machine has no address ${host}: choose one it has with --listen ADDRESS.`;
    default:
      return `Cannot listen on ${host} port ${port} (${error.code ?? error.message}): choose another one with --port N.`;
  }
}
