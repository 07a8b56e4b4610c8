// Runs a plan and says in words what came of it: on failure the seed, the step, the promise that broke, the smallest plan that still
// breaks it, and the one line that replays it.
import { type Cores, PRODUCTION_CORES } from "./cores.ts";
import { FAULTS_PER_HOUR, type Fault } from "./faults/fault-schedule.ts";
import { type Failure, shrinkPlan } from "./faults/shrink-plan.ts";
import { type Broken, type Plan, type RunResult, Simulation } from "./simulation.ts";

/** One line that runs exactly this plan again. */
export function replayCommand({ faults, hosts, hours, seed }: Plan, faultsPerHour = FAULTS_PER_HOUR): string {
  const rate = faultsPerHour === FAULTS_PER_HOUR ? "" : ` --faults-per-hour ${faultsPerHour}`;
  return `npm run --silent simulate -- --seed ${seed} --hours ${hours} --hosts ${hosts}${rate} --faults ${rangesOf(faults)}`;
}

export function runPlan(plan: Plan, cores: Cores = PRODUCTION_CORES): RunResult {
  return new Simulation(plan, cores).run();
}

/** The smallest failure that is found within `shrinkMs`. */
export function shrink(failure: Failure, shrinkMs: number, cores: Cores = PRODUCTION_CORES): Failure {
  const endAt = performance.now() + shrinkMs;
  const hasTime = () => performance.now() < endAt;
  return shrinkPlan(failure, { run: (plan) => runPlan(plan, cores).broken, hasTime });
}

/** What a person needs to know about a failure, and how to see it again. */
export function failureText(found: Failure, smallest: Failure, faultsPerHour = FAULTS_PER_HOUR): string {
  const { plan } = smallest;
  return [
    `seed ${found.plan.seed}, step ${found.broken.step}: ${brokenText(found.broken)}`,
    `smallest found: ${plan.hosts} hosts, ${plan.hours} hours, ${plan.faults.length} faults:`,
    ...plan.faults.map((fault) => `  ${faultText(fault)}`),
    `  step ${smallest.broken.step}: ${brokenText(smallest.broken)}`,
    `replay: ${replayCommand(plan, faultsPerHour)}`,
  ].join("\n");
}

export function brokenText({ afterMs, sentence, what }: Broken): string {
  return `"${sentence}" is broken after ${timeText(afterMs)}: ${what}`;
}

/** The indices that a `--faults` option names, such as `0-3,7`. */
export function parseRanges(text: string): ReadonlySet<number> | null {
  const indices = new Set<number>();
  if (text === "none") return indices;
  for (const part of text.split(",")) {
    const match = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part);
    if (match === null) return null;
    const from = Number(match[1]);
    for (let index = from; index <= Number(match[2] ?? from); index += 1) indices.add(index);
  }
  return indices;
}

function rangesOf(faults: readonly Fault[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const { index } of faults) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === index - 1) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(",") || "none";
}

function faultText({ afterMs, durationMs, index, kind }: Fault): string {
  return `${timeText(afterMs)}  ${kind} for ${Math.round(durationMs / 1_000)} s (fault ${index})`;
}

function timeText(ms: number): string {
  const parts = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, Math.floor(ms / 1_000) % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}
