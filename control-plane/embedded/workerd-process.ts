// The process that runs workerd (through Miniflare) for the embedded control plane. It lives as long as its stdin: when the starter
// dies in whatever way, stdin ends and it stops workerd. Should it be killed itself, a watchdog on another pipe kills workerd, since
// workerd does not notice the death of its parent.
import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Log, LogLevel, Miniflare, type MiniflareOptions } from "miniflare";
import { bundleWorker, readCompatibility } from "./bundle.ts";
import { DOORWAY_SCRIPT } from "./doorway.ts";
import { startFront } from "./front.ts";
import { applyMigrations } from "./migrations.ts";
import { secretFolderOf } from "./state-directory.ts";
import type { Listen, TerminalPage, WorkerdMessage, WorkerdOptions } from "./workerd-messages.ts";

/** Cron triggers do not fire in a local workerd. */
const CRON_PERIOD_MS = 60_000;
const PAGE_BYTES_MAX = 64 * 1024;
const WORKER_NAME = "countersign";

function send(message: WorkerdMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Miniflare's words go to the log (stderr): stdout carries messages only. */
class StderrLog extends Log {
  override log(message: string): void {
    process.stderr.write(`${message}\n`);
  }
}

async function receivePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > PAGE_BYTES_MAX) return void response.writeHead(413).end();
    chunks.push(chunk as Buffer);
  }
  send({ kind: "page", page: JSON.parse(Buffer.concat(chunks).toString("utf8")) as TerminalPage });
  response.writeHead(204).end();
}

function doorwayOf(
  listen: Listen,
  index: number,
  { date, publicUrl }: { readonly date: string; readonly publicUrl: string },
): MiniflareOptions["workers"][number] {
  const text = (value: string) => ({ type: "text" as const, value });
  const { hostname, origin } = new URL(publicUrl);
  const localhost = hostname === "localhost" && listen.host === "127.0.0.1" ? origin : "";
  return {
    config: {
      name: `doorway-${index}`,
      compatibilityDate: date,
      manifest: {
        mainModule: "doorway.js",
        modules: { "doorway.js": { type: "esm", contents: DOORWAY_SCRIPT } },
      },
      env: {
        CONTROL_PLANE: { type: "worker", worker: WORKER_NAME },
        PEER: text(listen.peer ?? ""),
        LOCALHOST: text(localhost),
      },
    },
    dev: { unsafeDirectSockets: [{ host: listen.host, port: listen.port }] },
  };
}

async function miniflareOptionsOf(options: WorkerdOptions): Promise<MiniflareOptions> {
  const { date, flags } = readCompatibility();
  const text = (value: string) => ({ type: "text" as const, value });
  return {
    // Miniflare's own entry believes a caller's CF-Connecting-IP: only our front talks to it.
    host: "127.0.0.1",
    port: 0,
    // No request to the outside: not for a sample `cf` object, nor for telemetry.
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    log: new StderrLog(LogLevel.WARN),
    resourcePersistencePath: join(options.stateDir, "workerd"),
    workers: [
      {
        config: {
          name: WORKER_NAME,
          compatibilityDate: date,
          compatibilityFlags: flags,
          manifest: {
            mainModule: "worker.js",
            modules: { "worker.js": { type: "esm", contents: await bundleWorker(options.workerEntry) } },
          },
          env: {
            ...Object.fromEntries(Object.entries(options.bindings).map(([key, value]) => [key, text(value)])),
            HOST_SHARD: { type: "durable-object", worker: WORKER_NAME, exportName: "HostShard" },
            INCIDENT_DESK: { type: "durable-object", worker: WORKER_NAME, exportName: "IncidentDesk" },
            DB: { type: "d1", id: "countersign" },
            POLICY: text(options.policyText),
            PUBLIC_URL: text(options.publicUrl),
            DESK_PRIVATE_KEY: text(options.secrets.deskPrivateKey),
            DESK_PUBLIC_KEY: text(options.secrets.deskPublicKey),
            ADMIN_TOKEN: text(options.secrets.adminToken),
            SECRET_FOLDER: text(secretFolderOf(options.stateDir)),
            CF_VERSION_METADATA: { type: "version-metadata" },
            TERMINAL: { type: "node-handler", handler: receivePage },
          },
          exports: {
            HostShard: { type: "durable-object", storage: "sqlite" },
            IncidentDesk: { type: "durable-object", storage: "sqlite" },
          },
        },
        // Otherwise outbound traffic passes a Worker that knows no TCP connect(), which the second opinion needs.
        dev: { stripCfConnectingIp: false },
      },
      ...options.listen
        .filter((listen) => !isFronted(listen, options))
        .map((listen, index) => doorwayOf(listen, index, { date, publicUrl: options.publicUrl })),
    ],
  };
}

/** Says whether an address is served through the front: one peer alone needs none, unless it is a proxy. */
function isFronted({ peer }: Listen, { isProxyTrusted }: WorkerdOptions): boolean {
  return peer === null || isProxyTrusted;
}

/** Pids of the workerd processes that this process started. */
function findWorkerdPids(): number[] {
  if (process.platform !== "linux")
    return execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
  return readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .filter((pid) => pid !== "" && readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("workerd"))
    .map(Number);
}

/** Kills workerd when this process is gone; its own group, so that Ctrl-C does not end it first. Returns how to call it off. */
function startWatchdog(pids: readonly number[]): () => void {
  const script = 'read -r word; [ "$word" = stop ] || kill -9 "$@"';
  const child = spawn("/bin/sh", ["-c", script, "watchdog", ...pids.map(String)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  return () => child.stdin.end("stop\n");
}

async function run(options: WorkerdOptions, hasEnded: Promise<void>): Promise<void> {
  const miniflare = new Miniflare(await miniflareOptionsOf(options));
  const target = await miniflare.ready;
  const workerdPids = findWorkerdPids();
  const stopWatchdog = startWatchdog(workerdPids);
  await applyMigrations(await miniflare.getD1Database("DB", WORKER_NAME));
  const worker = await miniflare.getWorker(WORKER_NAME);
  const cron = setInterval(
    () => void worker.scheduled({ cron: "* * * * *" }).catch((error: unknown) => console.error(error)),
    CRON_PERIOD_MS,
  );
  const fronts: (() => void)[] = [];
  for (const listen of options.listen.filter((each) => isFronted(each, options)))
    fronts.push(
      await startFront({ ...listen, target: target.origin, isProxyTrusted: options.isProxyTrusted }),
    );
  send({ kind: "ready", workerdPids });
  await hasEnded;
  clearInterval(cron);
  for (const close of fronts) close();
  // dispose() may wait for open sockets; the starter waits for us, so it is bounded.
  await Promise.race([miniflare.dispose(), new Promise((resolve) => setTimeout(resolve, 3_000))]);
  for (const pid of workerdPids) killQuietly(pid);
  stopWatchdog();
  process.exit(0);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone already
  }
}

// The starter decides when this ends, by closing stdin.
process.on("SIGINT", () => {});
process.on("SIGHUP", () => {});
const lines = createInterface({ input: process.stdin });
const hasEnded = new Promise<void>((resolve) => lines.on("close", resolve));
lines.once("line", (line) => {
  run(JSON.parse(line) as WorkerdOptions, hasEnded).catch((error: unknown) => {
    console.error(error);
    send({ kind: "failed", sentence: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  });
});
