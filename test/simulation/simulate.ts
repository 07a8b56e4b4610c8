// `npm run simulate`: runs a simulated fleet, prints what happened, and exits 1 with the smallest failing plan when a promise breaks; 2 when
// what was typed is not understood.
import { Command, InvalidArgumentError, Option } from "commander";
import { wholeNumber } from "../../control-plane/embedded/start-options.ts";
import { drawFaults, FAULTS_PER_HOUR } from "./faults/fault-schedule.ts";
import { failureText, parseRanges, replayCommand, runPlan, shrink } from "./run-text.ts";
import { type Plan, REST_HOURS, type RunResult } from "./simulation.ts";

interface Asked {
  readonly seed: number;
  readonly hours: number;
  readonly hosts: number;
  /** absent: all of the schedule */
  readonly faults?: ReadonlySet<number>;
  readonly faultsPerHour: number;
  readonly runs: number;
  /** seconds */
  readonly shrink: number;
  readonly json?: boolean;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function askedBy(args: readonly string[]): Asked {
  return new Command("npm run --silent simulate --")
    .description("Runs a simulated fleet and holds every promise after every step.")
    .addOption(
      new Option("--seed <n>", "everything that happens by chance follows from it")
        .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER))
        .default(Date.now() % 1_000_000_000, "drawn, and printed"),
    )
    .option(
      "--hours <h>",
      "simulated hours with faults; three quiet hours follow",
      wholeNumber(1, 10_000),
      12,
    )
    .option("--hosts <k>", "hosts of the fleet", wholeNumber(1, 10_000), 10)
    .option("--faults <list>", "only these faults of the schedule, such as 0-3,7, or none", readRanges)
    .option("--faults-per-hour <r>", "faults that are drawn", wholeNumber(1, 3_600), FAULTS_PER_HOUR)
    .option("--runs <r>", "as many seeds, one after the other", wholeNumber(1, 1_000_000), 1)
    .option("--shrink <seconds>", "time to look for a smaller failure", wholeNumber(0, 3_600), 60)
    .option("--json", "one JSON object per run")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(args, { from: "user" })
    .opts<Asked>();
}

function readRanges(text: string): ReadonlySet<number> {
  const ranges = parseRanges(text);
  if (ranges === null) throw new InvalidArgumentError("expected indices and ranges, such as 0-3,7");
  return ranges;
}

/** Runs one plan and tells of it; false: a promise broke. */
function simulate(plan: Plan, { faultsPerHour, json, shrink: shrinkSeconds }: Asked): boolean {
  const before = process.cpuUsage();
  const result = runPlan(plan);
  const { system, user } = process.cpuUsage(before);
  const cpuMs = (system + user) / 1_000;
  const { broken } = result;
  const found = broken === null ? null : { plan, broken };
  const smallest = found === null ? null : shrink(found, shrinkSeconds * 1_000);
  if (json === true) {
    const replay = smallest === null ? null : replayCommand(smallest.plan, faultsPerHour);
    say(JSON.stringify({ seed: plan.seed, ...result, cpuMs: Math.round(cpuMs), smallest, replay }));
  } else if (found === null || smallest === null) say(wellText(plan, result, cpuMs));
  else say(failureText(found, smallest, faultsPerHour));
  return broken === null;
}

function wellText({ faults, hosts, hours, seed }: Plan, { counts, steps }: RunResult, cpuMs: number): string {
  const perMinute = Math.round(((hosts * (hours + REST_HOURS)) / cpuMs) * 60_000);
  const { deskDecisions, executions, pages, rows, shardDecisions } = counts;
  return (
    `seed ${seed}: ${hosts} hosts, ${hours} hours, ${faults.length} faults: every promise held at ${steps} steps ` +
    `(${shardDecisions} decisions of shards, ${deskDecisions} of the desk, ${pages} pages, ${executions} acts, ` +
    `${rows} rows) in ${(cpuMs / 1_000).toFixed(1)} s of processor time, ${perMinute} host-hours per minute`
  );
}

function main(asked: Asked): number {
  const { faultsPerHour, hosts, hours } = asked;
  for (let run = 0; run < asked.runs; run += 1) {
    const seed = asked.seed + run;
    const drawn = drawFaults(seed, hours, faultsPerHour);
    // Which faults of a schedule are wanted is said of the first seed alone.
    const faults = run > 0 ? drawn : drawn.filter(({ index }) => asked.faults?.has(index) ?? true);
    if (!simulate({ seed, hours, hosts, faults }, asked)) return 1;
  }
  return 0;
}

process.exitCode = main(askedBy(process.argv.slice(2)));
