// An agent that has run its checks a hundred thousand times holds no more than one that has run them twenty thousand times: what is alive after each
// full collection of V8's, which the process itself prints. What it held in private memory is printed beside it, and not judged: at some hundred runs a
// second that goes with the pace of collections. The checks are those that cost no process: http, tcp and a pid file, each every 200 ms.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildAgent, bundleAlone } from "../../edge-agent/build.ts";
import { enrolDirectly, writeCatalogue } from "../agent/peers/agent-process.ts";
import { newAgent, newHost, newPeer } from "../agent/peers/host-under-test.ts";

const RUNS = 100_000;
const WARM_RUNS = 20_000;
const SERVICES = 32;
const RUN_TIMEOUT_MS = 1_200_000;
/** What one collection leaves more than the next, without any growth: a page of V8's, or two. */
const SLACK_MB = 0.5;
const FLAGS = ["--max-semi-space-size=1", "--lite-mode", "--trace-gc"];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-growth-"));
  await buildAgent(undefined, join(folder, "countersign-agent.mjs"));
  await writeFile(join(folder, "agent-alone.mjs"), (await bundleAlone("agent")).text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function privateDirtyMb(pid: number): Promise<number> {
  const memory = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Private_Dirty:\s+([0-9]+) kB/m.exec(memory)?.[1]) / 1_024;
}

/** What was alive after each full collection so far, in MB. */
function aliveAfterCollections(trace: string): readonly number[] {
  return [...trace.matchAll(/Mark-Compact[^\n]*? [0-9.]+ \([0-9.]+\) -> ([0-9.]+) \(/g)].map(([, mb]) =>
    Number(mb),
  );
}

test(`no growth over ${RUNS} runs of checks`, { timeout: RUN_TIMEOUT_MS }, async () => {
  let runs = 0;
  const server = createServer((_request, response) => response.end("ok")).listen(0);
  // one for each run of an http or tcp check
  server.on("connection", () => (runs += 1));
  const { port } = server.address() as AddressInfo;
  const peer = await newPeer();
  const host = await newHost();
  await enrolDirectly(host, peer.url);
  const pidFile = join(folder, "own.pid");
  await writeFile(pidFile, `${process.pid}\n`);
  const timing = "every: 200ms, timeout: 3s";
  const checks = [
    `{ name: pid, kind: unit, ${timing} }`,
    ...[1, 2].map((number) => `{ name: tcp-${number}, kind: tcp, port: ${port}, ${timing} }`),
    ...[1, 2].map(
      (number) => `{ name: http-${number}, kind: http, url: "http://127.0.0.1:${port}/", ${timing} }`,
    ),
  ].join(", ");
  const services = Array.from(
    { length: SERVICES },
    (_, index) => `  - { name: web-${index}, pidFile: ${pidFile}, checks: [${checks}] }\n`,
  );
  await writeCatalogue(host, `version: 1\nservices:\n${services.join("")}`);
  const agent = newAgent(host, {
    program: [...FLAGS, join(folder, "agent-alone.mjs")],
    env: { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "65536" },
  });
  const held: string[] = [];
  /** How many collections there were before so many runs. */
  const collectionsUntil = async (wanted: number) => {
    while (runs < wanted) {
      if (agent.child.exitCode !== null) throw new Error(`The agent ended: ${agent.stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    held.push(`${wanted}: ${(await privateDirtyMb(agent.child.pid ?? 0)).toFixed(1)}`);
    return aliveAfterCollections(agent.stdout()).length;
  };
  const first = await collectionsUntil(WARM_RUNS);
  const second = await collectionsUntil(2 * WARM_RUNS);
  const third = await collectionsUntil(RUNS - WARM_RUNS);
  await collectionsUntil(RUNS);
  const alive = aliveAfterCollections(agent.stdout());
  const [early, late] = [alive.slice(first, second), alive.slice(third)].map((all) => Math.min(...all));
  console.log(
    `alive after collections: ${early} MB early, ${late} MB late; private-dirty MB after runs ${held.join(", ")}`,
  );
  expect([early, late].every(Number.isFinite), "there were collections in both").toBe(true);
  server.close();
  server.closeAllConnections();
  expect((late ?? Number.NaN) - (early ?? Number.NaN)).toBeLessThan(SLACK_MB);
});
