// Benchmark: how long a person waits until something begins: help, the five incidents, and the first view of the desk after `npm start`.
// Beside each stands a Node that does nothing, in turns with it, so that a busy machine falls on both. By processor time, children included,
// as the shell counts it; the first view by wall time, since most of it is waiting for others.
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { figure, median, type Figure, type Measured, type Say } from "./figures.ts";

const PROJECT_ROOT = join(import.meta.dirname, "../..");
const BOOTSTRAP = join(PROJECT_ROOT, "bootstrap.mjs");
const ROUNDS = 7;
const STARTS = 3;
const START_TIMEOUT_MS = 60_000;

/** Measures the command and the start. */
export async function benchStartUp(say: Say): Promise<Measured> {
  const command = [BOOTSTRAP, "countersign"];
  const incidents = join(PROJECT_ROOT, "test/incidents");
  const files = readdirSync(incidents).filter((name) => name.endsWith(".yaml"));
  const replay = [...command, "replay", ...files.map((name) => join(incidents, name))];
  const times = { nothing: [] as number[], help: [] as number[], replay: [] as number[] };
  // Bundled, and its code cached.
  await cpuSecondsOf(replay);
  for (let round = 0; round < ROUNDS; round += 1) {
    say(`help and ${files.length} incidents, ${round + 1} of ${ROUNDS}`);
    times.nothing.push(await cpuSecondsOf(["-e", "0"]));
    times.help.push(await cpuSecondsOf([...command, "--help"]));
    times.replay.push(await cpuSecondsOf(replay));
  }
  const views: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    say(`npm start, ${start + 1} of ${STARTS}`);
    views.push(await secondsToFirstView());
  }
  const nothing = median(times.nothing);
  return {
    figures: [
      ...besides("countersign --help, CPU", median(times.help), 0.2, nothing),
      ...besides(`${files.length} incidents replayed, CPU`, median(times.replay), 0.8, nothing),
      figure("npm start to the first view, wall", median(views), "s"),
    ],
    notes: [
      `Medians of ${ROUNDS} and ${STARTS}; through bootstrap.mjs, on Node ${process.versions.node}, npm itself left out. The bundle and its compile cache are there already.`,
      "The start is on an empty state with its demo host as a process; the view is the desk's first page, as it answers a stranger.",
    ],
  };
}

function besides(name: string, seconds: number, aim: number, nothing: number): readonly Figure[] {
  return [
    figure(name, seconds, "s", { kind: "limit", value: aim, what: "aim" }),
    figure(name, seconds, "s", { kind: "measured", value: nothing, what: "node -e 0, the same run" }),
  ];
}

/** Processor time of a Node with these arguments and of its children; the shell's `times` tells its children's in the second line. */
async function cpuSecondsOf(args: readonly string[]): Promise<number> {
  const { stdout } = await execa("sh", ["-c", '"$@" >/dev/null; times', "sh", process.execPath, ...args]);
  const spans = [...(stdout.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.]+)s/g)];
  return spans.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

async function secondsToFirstView(): Promise<number> {
  const state = await mkdtemp(join(tmpdir(), "countersign-bench-start-"));
  const startedAt = performance.now();
  const child = execa(
    process.execPath,
    [BOOTSTRAP, "start", "--port", "0", "--state", state, "--host", "process"],
    { timeout: START_TIMEOUT_MS, reject: false, all: true },
  );
  try {
    let said = "";
    for await (const line of child.iterable({ from: "all" })) {
      said += `${line}\n`;
      const url = /The desk: +(\S+)/.exec(line)?.[1];
      if (url === undefined) continue;
      const response = await fetch(url, { redirect: "manual" });
      await response.text();
      return (performance.now() - startedAt) / 1_000;
    }
    throw new Error(`Start: it ended before it named its desk: ${said.slice(-300)}`);
  } finally {
    child.kill("SIGINT");
    await child;
    await rm(state, { recursive: true, force: true });
  }
}
