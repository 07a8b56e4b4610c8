// Benchmark: how long a person's yes waits where systemd has to start the actuator for it: from the connection to its socket to the answer of a
// process that was not there. The bundle as it is installed, by the installed unit's own command and environment; the socket is opened by systemd's
// own tool, which becomes the program at the first connection. Beside it stand a Node that does nothing, and the same grant to one that is awake.
// What a reader would get wrong: an admitted grant is verified, its start is in the journal and on disk. The look at a unit (`systemctl show`)
// is not in it: it is systemd's time, and this service has no unit.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundleAlone } from "../../../edge-agent/build.ts";
import {
  ACTUATOR_ALONE,
  ACTUATOR_UNIT,
  renderUnits,
} from "../../../edge-agent/src/core/evidence/systemd-units.ts";
import { ActuatorHost, type Minted } from "../../agent/actuator-host.ts";
import { figure, median, percentile, type Beside, type Measured, type Say } from "../figures.ts";

const ROUNDS = 15;
const QUICK_ROUNDS = 5;
const ACTIVATE = "/usr/bin/systemd-socket-activate";
/** `__SO_ACCEPTCON` in the flags of /proc/net/unix (proc(5)) */
const ACCEPTS = "00010000";
const AIM: Beside = { kind: "limit", value: 150, what: "aim" };

export function actuatorStartObstacle(): string | null {
  return existsSync(ACTIVATE) ? null : `${ACTIVATE} is not there (Debian: systemd)`;
}

/** Measures the first answer and the first admitted grant of an actuator at rest. */
export async function benchActuatorStart(say: Say, isQuick: boolean): Promise<Measured> {
  const rounds = isQuick ? QUICK_ROUNDS : ROUNDS;
  const folder = await mkdtemp(join(tmpdir(), "cs-bench-actuator-"));
  const host = await ActuatorHost.create();
  const times = { nothing: [], status: [], grant: [], awake: [] } as Record<
    "nothing" | "status" | "grant" | "awake",
    number[]
  >;
  try {
    say("building what is installed");
    const argv = await installIn(folder);
    const cold = new Cold(host, argv);
    for (let round = 0; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}`);
      const measured = await cold.round();
      // The first one has the files read from the disk.
      if (round === 0) continue;
      for (const name of ["nothing", "status", "grant", "awake"] as const) times[name].push(measured[name]);
    }
  } finally {
    await host.remove();
    await rm(folder, { recursive: true, force: true });
  }
  const nothing: Beside = { kind: "measured", value: median(times.nothing), what: "node -e 0, the same run" };
  const awake: Beside = { kind: "measured", value: median(times.awake), what: "actuator awake" };
  return {
    figures: [
      figure("socket to an admitted grant, at rest, median", median(times.grant), "ms", AIM),
      figure("socket to an admitted grant, at rest, median", median(times.grant), "ms", nothing),
      figure("socket to an admitted grant, at rest, median", median(times.grant), "ms", awake),
      figure("socket to an admitted grant, at rest, worst", percentile(times.grant, 1), "ms"),
      figure("socket to the first status, at rest, median", median(times.status), "ms", nothing),
    ],
    notes: [
      `${rounds} rounds after one to warm up, wall time, all in turn; the program's files are in the page cache.`,
      "An exec action of level 4, signed by one person; the service has no unit, so systemd is not asked how it stands.",
    ],
  };
}

/** Lays out what `install` would; returns the command of the actuator's unit. */
async function installIn(folder: string): Promise<readonly string[]> {
  await writeFile(join(folder, ACTUATOR_ALONE), (await bundleAlone("actuator")).text);
  const units = renderUnits({ node: process.execPath, agent: join(folder, "countersign-agent.mjs") });
  const text = units.find(({ name }) => name === ACTUATOR_UNIT)?.text ?? "";
  const command = /^ExecStart=(.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
  const environment = /^Environment=(.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
  return [...environment.flatMap((pair) => ["-E", pair]), ...command];
}

class Cold {
  readonly #host: ActuatorHost;
  readonly #argv: readonly string[];

  constructor(host: ActuatorHost, argv: readonly string[]) {
    this.#host = host;
    this.#argv = argv;
  }

  async round() {
    const { client } = this.#host;
    const nothing = await msOf(() => run(process.execPath, ["-e", "0"]));
    let minted: Minted | null = null;
    const status = await this.#atRest(async () => {
      const ms = await msOf(() => client.status());
      minted = await this.#host.propose();
      return ms;
    });
    const grant = await this.#atRest(() => this.#msOfGrant(minted));
    const awake = await this.#atRest(async () => {
      await this.#msOfGrant(await this.#host.propose());
      return this.#msOfGrant(await this.#host.propose());
    });
    return { nothing, status, grant, awake };
  }

  /** Signed before it is measured. */
  async #msOfGrant(minted: Minted | null): Promise<number> {
    if (minted === null) throw new Error("Sign a grant: nothing was minted");
    const grant = this.#host.grantOf(minted);
    const envelope = await this.#host.sign(grant, minted);
    return msOf(async () => {
      const answer = await this.#host.client.execute(grant.grantId, envelope);
      if (answer.type !== "accepted") throw new Error(`Execute: ${answer.reason}: ${answer.detail}`);
    });
  }

  /** Does something with a socket behind which nothing runs yet. */
  async #atRest(measure: () => Promise<number>): Promise<number> {
    const { configDir, socket } = this.#host.paths;
    const state = join(this.#host.directory, "state");
    await mkdir(state, { recursive: true, mode: 0o700 });
    await rm(socket, { force: true });
    const flags = ["--config-dir", configDir, "--state-dir", state];
    const child = spawn(ACTIVATE, ["-l", socket, ...this.#argv, ...flags], { stdio: "ignore" });
    try {
      while (!isListening(socket)) await sleep(5);
      return await measure();
    } finally {
      await end(child);
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

function isListening(socket: string): boolean {
  const [, ...lines] = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.some((line) => line.endsWith(` ${socket}`) && line.split(/\s+/)[3] === ACCEPTS);
}

function run(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(file, args, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
