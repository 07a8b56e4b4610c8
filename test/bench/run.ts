// `pnpm bench`: runs the benchmarks one after the other and prints one table with ratios. Progress goes to stderr, the table to stdout.
// It ends with 1 when a benchmark failed or a promise was broken; no figure of time is a promise, since machines differ.
import { writeFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { Command, Option } from "commander";
import { approveObstacle, benchApprove } from "./approve.ts";
import { benchDecision } from "./decision.ts";
import { benchDeskWide } from "./desk/desk-wide.ts";
import { benchDesk } from "./desk/desk.ts";
import { benchReach, reachObstacle } from "./desk/reach.ts";
import { benchDetection, detectionObstacle, NINE_SHARDS, ONE_SHARD } from "./detection.ts";
import { renderTable, ratioOf, type BenchmarkResult, type Measured, type Say } from "./figures.ts";
import { benchFirstView, firstViewObstacle } from "./first-view.ts";
import { benchFootprint, footprintObstacle } from "./footprint.ts";
import { actuatorStartObstacle, benchActuatorStart } from "./host/actuator-start.ts";
import { benchOverview, overviewObstacle } from "./overview.ts";
import { benchReplay } from "./replay.ts";
import { benchRows } from "./rows.ts";
import { benchSimulation } from "./simulation.ts";
import { benchStartUp } from "./start-up.ts";
import { benchSweep, sweepObstacle } from "./sweep.ts";
import { benchVerify } from "./verify.ts";
import { benchWide, wideObstacle } from "./wide.ts";

interface Benchmark {
  readonly about: string;
  readonly obstacle: () => string | null;
  readonly run: (say: Say, wishes: Wishes) => Promise<Measured>;
}

interface Wishes {
  readonly mayInstall: boolean;
  /** less of it, for a first look; not every benchmark has less */
  readonly isQuick: boolean;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  detection: {
    about: "1,000 live agents, 300 silent deaths: found, false, how soon (about 1.5 minutes)",
    obstacle: () => detectionObstacle(ONE_SHARD),
    run: (say) => benchDetection(say, ONE_SHARD),
  },
  "detection-fleet": {
    about: "the same of 9,000 agents in nine shards (about 4 minutes)",
    obstacle: () => detectionObstacle(NINE_SHARDS),
    run: (say) => benchDetection(say, NINE_SHARDS),
  },
  sweep: {
    about: "one sweep of a shard of 1,000 hosts whose rules have learned, in workerd (about 2.5 minutes)",
    obstacle: sweepObstacle,
    run: (say) => benchSweep(say),
  },
  "start-up": {
    about: "help, five incidents, npm start to the first view (about a minute)",
    obstacle: () => null,
    run: (say) => benchStartUp(say),
  },
  "actuator-start": {
    about: "a grant to an actuator that its socket has to start (about 20 seconds)",
    obstacle: actuatorStartObstacle,
    run: (say, { isQuick }) => benchActuatorStart(say, isQuick),
  },
  approve: {
    about: "approval to running service beside ssh, on a real systemd machine (root; about 3 minutes)",
    obstacle: approveObstacle,
    run: (say, { mayInstall }) => benchApprove(say, mayInstall),
  },
  "first-view": {
    about: "an approval as a phone on slow 4G first opens it, in Chromium (about 2 minutes)",
    obstacle: firstViewObstacle,
    run: (say) => benchFirstView(say),
  },
  rows: {
    about: "database rows that healthy hosts write (about 1.5 minutes)",
    obstacle: () => null,
    run: (say) => benchRows(say),
  },
  footprint: {
    about: "memory and CPU of agent and actuator, on a real systemd machine (root; about 2 minutes)",
    obstacle: footprintObstacle,
    run: (say, { mayInstall }) => benchFootprint(say, mayInstall),
  },
  replay: {
    about:
      "30 days of 1,000 hosts through the core: events a second, memory, where the time goes (at most 1.5 minutes)",
    obstacle: () => null,
    run: (say, { isQuick }) => benchReplay(say, isQuick),
  },
  decision: {
    about: "what one event costs the shard's core, by kind (about 20 seconds)",
    obstacle: () => null,
    run: (say, { isQuick }) => benchDecision(say, isQuick),
  },
  verify: {
    about: "what a host takes to verify a grant that people signed (about 10 seconds)",
    obstacle: () => null,
    run: (say, { isQuick }) => benchVerify(say, isQuick),
  },
  wide: {
    about:
      "2,000 live agents of which the same check fails within a minute: first ring, pages (about 12 minutes)",
    obstacle: wideObstacle,
    run: (say) => benchWide(say),
  },
  reach: {
    about:
      "100 incidents at once and a provider that hangs, and 20 silences: until a provider has taken the page (about 3 minutes)",
    obstacle: reachObstacle,
    run: (say) => benchReach(say),
  },
  overview: {
    about:
      "the desk's front and the list of hosts of 1,000 live agents: how long, how large (about a minute)",
    obstacle: overviewObstacle,
    run: (say) => benchOverview(say),
  },
  "desk-wide": {
    about: "one cause on 2,000 hosts: first ring, pages a person, what a decision costs (about 20 seconds)",
    obstacle: () => null,
    run: (say) => benchDeskWide(say),
  },
  desk: {
    about:
      "what one event costs the desk's core with 500, 2,000 and 5,000 incidents open (at most 4 minutes)",
    obstacle: () => null,
    run: (say, { isQuick }) => benchDesk(say, isQuick),
  },
  simulation: {
    about: "host-hours a minute of the simulation, with and without faults (at most a minute)",
    obstacle: () => null,
    run: (say, { isQuick }) => benchSimulation(say, isQuick),
  },
};

interface BenchOptions {
  readonly only?: readonly string[];
  readonly install?: boolean;
  readonly quick?: boolean;
  readonly json?: string;
}

const say: Say = (text) => void process.stderr.write(`  ${text}\n`);

function readOptions(): BenchOptions {
  const about = Object.entries(BENCHMARKS).map(
    ([name, benchmark]) => `  ${name.padEnd(17)}${benchmark.about}`,
  );
  return new Command("npm run bench --")
    .description("Measures Countersign on this machine and prints one table with ratios.")
    .addOption(
      new Option(
        "--only <name...>",
        "only these. By name, approve and footprint may also install what stands beside them (openssh-server, monit): inside their " +
          "throw-away machine, downloaded by this machine's apt",
      ).choices(Object.keys(BENCHMARKS)),
    )
    .option("--install", "allow the same in a full run")
    .option("--quick", "replay, decision, verify, desk and simulation do less, for a first look")
    .option("--json <file>", "write the figures there, too")
    .addHelpText("after", `\nBenchmarks:\n${about.join("\n")}`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts<BenchOptions>();
}

async function runOne(name: string, benchmark: Benchmark, wishes: Wishes): Promise<BenchmarkResult> {
  const startedAt = Date.now();
  const load = loadavg()[0] ?? 0;
  const end = (measured: Measured, state: BenchmarkResult["state"], why = ""): BenchmarkResult => {
    const seconds = (Date.now() - startedAt) / 1_000;
    return { name, seconds, load, ...measured, state, why };
  };
  const nothing: Measured = { figures: [], notes: [] };
  const obstacle = benchmark.obstacle();
  if (obstacle !== null) return end(nothing, "skipped", obstacle);
  try {
    return end(await benchmark.run(say, wishes), "measured");
  } catch (error) {
    return end(nothing, "failed", error instanceof Error ? error.message : String(error));
  }
}

function describeMachine() {
  const [first] = cpus();
  return {
    cpus: cpus().length,
    cpu: first?.model ?? "unknown",
    memoryMb: Math.round(totalmem() / 1_048_576),
    kernel: release(),
    node: process.version,
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  const chosen = Object.entries(BENCHMARKS).filter(([name]) => options.only?.includes(name) ?? true);
  const wishes: Wishes = {
    mayInstall: options.install === true || options.only !== undefined,
    isQuick: options.quick === true,
  };
  const results: BenchmarkResult[] = [];
  for (const [index, [name, benchmark]] of chosen.entries()) {
    process.stderr.write(`[${index + 1}/${chosen.length}] ${name}: ${benchmark.about}\n`);
    results.push(await runOne(name, benchmark, wishes));
  }
  process.stdout.write(`${renderTable(results)}\n`);
  if (options.json !== undefined) writeJson(options.json, results);
  const isBroken = ({ state, figures }: BenchmarkResult) =>
    state === "failed" || figures.some(({ isKept }) => isKept === false);
  if (results.some(isBroken)) process.exitCode = 1;
}

function writeJson(file: string, results: readonly BenchmarkResult[]): void {
  const benchmarks = results.map((result) => ({
    ...result,
    figures: result.figures.map((item) => ({ ...item, ratio: ratioOf(item) })),
  }));
  const json = { at: new Date().toISOString(), machine: describeMachine(), benchmarks };
  writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`);
}

await main();
