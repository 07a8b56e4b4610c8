// The actuator as systemd starts it: by its socket, until it is idle; and what it says when it cannot work.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { bundleAlone } from "../../edge-agent/build.ts";
import { createActuatorClient } from "../../edge-agent/src/actuator-client.ts";
import type { Actuator } from "../../edge-agent/src/actuator/actuator.ts";
import { whenIdle } from "../../edge-agent/src/actuator/compose.ts";
import { serveRequests } from "../../edge-agent/src/actuator/server.ts";
import { ActuatorHost, askFor } from "./actuator-host.ts";

const ACTIVATE = "/usr/bin/systemd-socket-activate";

/** `__SO_ACCEPTCON` in the flags of /proc/net/unix (proc(5)) */
const ACCEPTS = "00010000";
const isMissing = !existsSync(ACTIVATE);
if (isMissing && process.env["CI"] === "true")
  throw new Error(`${ACTIVATE} is missing, and CI=true requires it`);

let folder: string;
/** What the unit starts. */
let program: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-actuator-socket-"));
  program = join(folder, "actuator-alone.mjs");
  await writeFile(program, (await bundleAlone("actuator")).text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let host: ActuatorHost;
let activated: ChildProcess | null = null;
beforeEach(async () => {
  host = await ActuatorHost.create();
});
afterEach(async () => {
  activated?.kill("SIGKILL");
  activated = null;
  await host.remove();
});

async function activate(): Promise<void> {
  const { configDir, socket } = host.paths;
  await mkdir(join(host.directory, "state"), { recursive: true, mode: 0o700 });
  const flags = ["--config-dir", configDir, "--state-dir", join(host.directory, "state")];
  activated = spawn(ACTIVATE, ["-l", socket, process.execPath, program, "actuator", ...flags], {
    stdio: "ignore",
  });
  await expect.poll(() => isListening(socket), { interval: 20, timeout: 30_000 }).toBe(true);
}

/** Asked of the kernel: a socket's file is there before anybody listens, and a connection would start the actuator. */
function isListening(socket: string): boolean {
  const [, ...lines] = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.some((line) => line.endsWith(` ${socket}`) && line.split(/\s+/)[3] === ACCEPTS);
}

test.skipIf(isMissing)("started by its socket, it does the same", async () => {
  await activate();
  const minted = await host.propose();
  expect(await host.approve(minted)).toMatchObject({ type: "accepted" });
  expect(await host.outcome()).toMatchObject({ status: "succeeded" });
  expect(await host.effectCount()).toBe(1);
});

test.skipIf(isMissing)("with a damaged journal it stays to say so, and mints nothing", async () => {
  await mkdir(host.paths.actuatorStateDir, { recursive: true, mode: 0o700 });
  await writeFile(host.paths.journal, "damaged\n");
  await activate();
  await expect(host.client.status()).rejects.toThrow("line 1 is damaged");
  await expect(host.client.propose(askFor())).rejects.toThrow("until a person has moved it");
});

test("it is idle when nobody is connected and nothing runs, and not before", async () => {
  await mkdir(join(host.directory, "state"), { recursive: true });
  let isBusy = true;
  const server = await serveRequests({ path: host.paths.socket }, () =>
    Promise.resolve({ type: "failed", detail: "here" }),
  );
  const fake = { isBusy: () => isBusy } as Actuator;
  let isIdle = false;
  const idle = whenIdle({ actuator: fake, server }, 200).then(() => (isIdle = true));
  const client = createActuatorClient({ socketPath: host.paths.socket });
  await wait(500);
  expect(isIdle).toBe(false);
  isBusy = false;
  await expect(client.status()).rejects.toThrow("here");
  expect(isIdle).toBe(false);
  await Promise.race([idle, wait(2_000)]);
  expect(isIdle).toBe(true);
  await server.close();
});
