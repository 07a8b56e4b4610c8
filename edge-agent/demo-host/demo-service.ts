// The demo host's service: a small HTTP server that people are supposed to care about. `serve` runs it in the foreground (as a
// systemd unit does); `restart` replaces the running one, found by its pid file, and returns once the new one answers. It imports
// nothing but Node, because it is copied into demo machines.
import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync, openSync } from "node:fs";
import { createServer, get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const ANSWER_TIMEOUT_MS = 10_000;
const OWNER_POLL_MS = 1_000;

/** Files of the service in its directory; `port` and `owner` are written by the demo host. */
const fileOf = (directory: string, name: "demo.pid" | "demo.log" | "port" | "owner") => join(directory, name);

function serve(port: number, host: string, directory: string | null): void {
  const startedAt = Date.now();
  const server = createServer((request, response) => {
    const isHealth = request.url === "/health";
    response.writeHead(isHealth || request.url === "/" ? 200 : 404, { "content-type": "text/plain" });
    response.end(isHealth ? "ok\n" : `Demo service, pid ${process.pid}, up ${Date.now() - startedAt} ms\n`);
  });
  // Its last words, since it is killed and can say nothing more.
  server.listen(port, host, () =>
    process.stdout.write(`Demo service listens on port ${port}, pid ${process.pid}\n`),
  );
  if (directory === null) return;
  writeFileSync(fileOf(directory, "demo.pid"), `${process.pid}\n`);
  // A daemon has no parent to die with: it ends by itself when the demo host that wanted it is gone.
  const owner = Number(readFileSync(fileOf(directory, "owner"), "utf8"));
  setInterval(() => isAlive(owner) || process.exit(0), OWNER_POLL_MS).unref();
}

async function restart(directory: string): Promise<void> {
  const port = Number(readFileSync(fileOf(directory, "port"), "utf8"));
  await end(directory);
  const log = openSync(fileOf(directory, "demo.log"), "a");
  spawn(process.execPath, [fileURLToPath(import.meta.url), "serve", String(port), "127.0.0.1", directory], {
    detached: true,
    stdio: ["ignore", log, log],
  }).unref();
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (await answers(port)) return;
    await sleep(50);
  }
  throw new Error(
    `Restart the demo service: no answer on port ${port}; see ${fileOf(directory, "demo.log")}`,
  );
}

async function end(directory: string): Promise<void> {
  const pid = readPid(directory);
  if (pid !== null && isOurs(pid)) process.kill(pid, "SIGKILL");
  while (pid !== null && isOurs(pid)) await sleep(20);
  rmSync(fileOf(directory, "demo.pid"), { force: true });
}

function readPid(directory: string): number | null {
  try {
    return Number(readFileSync(fileOf(directory, "demo.pid"), "utf8")) || null;
  } catch {
    return null;
  }
}

/** A pid may have been given to another process since: on Linux the command line tells. */
function isOurs(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("demo-service");
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path: "/health", timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

const [verb, ...operands] = process.argv.slice(2);
if (verb === "serve") serve(Number(operands[0]), operands[1] ?? "127.0.0.1", operands[2] ?? null);
else if (verb === "restart") await restart(operands[0] ?? ".");
else if (verb === "end") await end(operands[0] ?? ".");
else
  throw new Error("Usage: demo-service.ts serve PORT [HOST [DIRECTORY]] | restart DIRECTORY | end DIRECTORY");
