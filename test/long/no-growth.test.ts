// An agent that has run its checks a hundred thousand times holds no more memory than one that has run them ten thousand times. What it
// held before and after is printed. The checks are those that cost no process: http, tcp and a pid file, each every 200 ms.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleAgentAlone, buildAgent } from "../../edge-agent/build.ts";
import { enrolDirectly, writeCatalogue } from "../agent/peers/agent-process.ts";
import { newAgent, newHost, newPeer } from "../agent/peers/host-under-test.ts";

const RUNS = 100_000;
const WARM_RUNS = 10_000;
const SERVICES = 32;
const RUN_TIMEOUT_MS = 1_200_000;
/** What one measurement differs from the next by, without any growth. */
const SLACK_MB = 2;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cs-growth-"));
  await buildAgent(undefined, join(folder, "countersign-agent.mjs"));
  await writeFile(join(folder, "agent-alone.mjs"), (await bundleAgentAlone()).text);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function privateDirtyMb(pid: number): Promise<number> {
  const memory = await readFile(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(/^Private_Dirty:\s+([0-9]+) kB/m.exec(memory)?.[1]) / 1_024;
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
    program: join(folder, "agent-alone.mjs"),
    env: { MALLOC_ARENA_MAX: "1", NODE_OPTIONS: "--max-semi-space-size=1" },
  });
  const memoryAfter = async (wanted: number) => {
    while (runs < wanted) {
      if (agent.child.exitCode !== null) throw new Error(`The agent ended: ${agent.stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    return await privateDirtyMb(agent.child.pid ?? 0);
  };
  const before = await memoryAfter(WARM_RUNS);
  const half = await memoryAfter(RUNS / 2);
  const after = await memoryAfter(RUNS);
  console.log(
    `private-dirty after ${WARM_RUNS}, ${RUNS / 2} and ${RUNS} runs: ${[before, half, after].map((mb) => mb.toFixed(1)).join(", ")} MB`,
  );
  server.close();
  server.closeAllConnections();
  expect(after - before).toBeLessThan(SLACK_MB);
});
