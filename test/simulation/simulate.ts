// `npm run simulate -- --seed N --hours H [--hosts K] [--faults LIST] [--faults-per-hour R] [--runs R] [--shrink SECONDS] [--json]`: runs a
// simulated fleet, prints what happened, and exits 1 with the smallest failing plan when a promise breaks.
import { parseArgs } from "node:util";
import { drawFaults, FAULTS_PER_HOUR } from "./faults/fault-schedule.ts";
import { failureText, parseRanges, replayCommand, runPlan, shrink } from "./run-text.ts";
import { type Plan, REST_HOURS, type RunResult } from "./simulation.ts";

const HOURS_MAX = 10_000;
const HOSTS_MAX = 10_000;
const USAGE = `Usage: npm run --silent simulate -- [--seed N] [--hours H] [--hosts K] [--faults LIST] [--faults-per-hour R]
                     [--runs R] [--shrink SECONDS] [--json]

  --seed N             everything that happens by chance follows from it (default: drawn, and printed)
  --hours H            simulated hours with faults; three quiet hours follow (default 12)
  --hosts K            (default 10)
  --faults LIST        only these faults of the schedule, such as 0-3,7, or none
  --faults-per-hour R  (default ${FAULTS_PER_HOUR})
  --runs R             as many seeds, one after the other (default 1)
  --shrink SECONDS     time to look for a smaller failure (default 60)
  --json               one JSON object per run`;

interface Asked {
  readonly plan: Plan;
  readonly runs: number;
  readonly faultsPerHour: number;
  readonly shrinkMs: number;
  readonly isJson: boolean;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function askedBy(args: readonly string[]): Asked | string {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: option,
      hours: option,
      hosts: option,
      faults: option,
      "faults-per-hour": option,
      runs: option,
      shrink: option,
      json: { type: "boolean" },
    },
  });
  const seed = wholeOf(values.seed ?? String(Date.now() % 1_000_000_000), 0, Number.MAX_SAFE_INTEGER);
  const hours = wholeOf(values.hours ?? "12", 1, HOURS_MAX);
  const hosts = wholeOf(values.hosts ?? "10", 1, HOSTS_MAX);
  const faultsPerHour = wholeOf(values["faults-per-hour"] ?? String(FAULTS_PER_HOUR), 1, 3_600);
  const runs = wholeOf(values.runs ?? "1", 1, 1_000_000);
  const shrinkSeconds = wholeOf(values.shrink ?? "60", 0, 3_600);
  const only = values.faults === undefined ? undefined : parseRanges(values.faults);
  if (seed === null || hours === null || hosts === null)
    return "--seed, --hours and --hosts are whole numbers";
  if (faultsPerHour === null || runs === null || shrinkSeconds === null)
    return "--faults-per-hour, --runs and --shrink are whole numbers";
  if (only === null) return "--faults is a list of indices and ranges, such as 0-3,7";
  const faults = drawFaults(seed, hours, faultsPerHour).filter(
    ({ index }) => only === undefined || only.has(index),
  );
  return {
    plan: { seed, hours, hosts, faults },
    runs,
    faultsPerHour,
    shrinkMs: shrinkSeconds * 1_000,
    isJson: values.json === true,
  };
}

function wholeOf(text: string, least: number, most: number): number | null {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least && value <= most ? value : null;
}

/** Runs one plan and tells of it; false: a promise broke. */
function simulate({ faultsPerHour, isJson, plan, shrinkMs }: Asked): boolean {
  const before = process.cpuUsage();
  const result = runPlan(plan);
  const { system, user } = process.cpuUsage(before);
  const cpuMs = (system + user) / 1_000;
  const { broken } = result;
  const found = broken === null ? null : { plan, broken };
  const smallest = found === null ? null : shrink(found, shrinkMs);
  if (isJson) {
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

function main(args: readonly string[]): number {
  const asked = askedBy(args);
  if (typeof asked === "string") {
    process.stderr.write(`${asked}\n\n${USAGE}\n`);
    return 2;
  }
  for (let run = 0; run < asked.runs; run += 1) {
    const { hours, seed } = asked.plan;
    const plan =
      run === 0
        ? asked.plan
        : { ...asked.plan, seed: seed + run, faults: drawFaults(seed + run, hours, asked.faultsPerHour) };
    if (!simulate({ ...asked, plan })) return 1;
  }
  return 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`);
  process.exitCode = 2;
}
