// An actuator that cannot work, on a socket that was opened for it as systemd does: it says why to whoever asks, and ends when it is told to.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, rename } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test, inject } from "vitest";
import { ActuatorHost } from "./actuator-host.ts";

const MAIN = inject("agentBundle");
/** systemd waits for 90 s, and then kills. */
const STOP_MAX_MS = 5_000;

let host: ActuatorHost;
let child: ChildProcess;
beforeEach(async () => {
  host = await ActuatorHost.create();
  await mkdir(dirname(host.paths.journal), { recursive: true, mode: 0o700 });
});
afterEach(async () => {
  child.kill("SIGKILL");
  await host.remove();
});

/** Starts the command with a listening socket as its descriptor 3. */
async function startOnSocket(): Promise<void> {
  const listener = createServer();
  const made = `${host.paths.socket}.made`;
  listener.listen(made);
  await once(listener, "listening");
  const { fd } = (listener as unknown as { readonly _handle: { readonly fd: number } })._handle;
  const script = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"';
  const flags = ["--config-dir", host.paths.configDir, "--state-dir", join(host.directory, "state")];
  const argv = ["-c", script, process.execPath, MAIN, "actuator", ...flags];
  child = spawn("/bin/sh", argv, { stdio: ["ignore", "ignore", "ignore", fd] });
  // From here on it is the child's alone: closing it here would remove the name that it was made under.
  await rename(made, host.paths.socket);
  listener.close();
}

test("with a damaged journal", async () => {
  await appendFile(host.paths.journal, "damaged\n");
  await startOnSocket();
  await expect
    .poll(() => host.client.status().catch((error: unknown) => String(error)), { timeout: 30_000 })
    .toContain("line 1 is damaged");
  const toldAt = performance.now();
  child.kill("SIGTERM");
  await once(child, "exit");
  expect(performance.now() - toldAt).toBeLessThan(STOP_MAX_MS);
});
