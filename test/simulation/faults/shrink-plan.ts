// Finds a smaller plan that breaks the same promise: shorter, with fewer hosts, with fewer faults. Delta debugging (Zeller, "Simplifying
// and Isolating Failure-Inducing Input", 2002) on the list of faults, bounded in time: what it has when the time is over is the answer.
import type { Broken, Plan } from "../simulation.ts";
import type { Fault } from "./fault-schedule.ts";

const HOUR_MS = 3_600_000;

export interface Failure {
  readonly plan: Plan;
  readonly broken: Broken;
}

export interface ShrinkBounds {
  /** runs a plan; null: nothing broke */
  readonly run: (plan: Plan) => Broken | null;
  /** whether there is time for one more run */
  readonly hasTime: () => boolean;
}

/** The smallest failure found; at worst the one given. */
export function shrinkPlan(failure: Failure, bounds: ShrinkBounds): Failure {
  let smallest = failure;
  for (let before: Failure | null = null; before !== smallest && bounds.hasTime();) {
    before = smallest;
    smallest = shorten(smallest, bounds);
    smallest = withFewerHosts(smallest, bounds);
    smallest = withFewerFaults(smallest, bounds);
  }
  return smallest;
}

/** Nothing after the failure matters; a promise about the end breaks after the last hour whatever its length. */
function shorten(failure: Failure, bounds: ShrinkBounds): Failure {
  const { broken, plan } = failure;
  const hours = Math.max(1, Math.ceil(broken.afterMs / HOUR_MS));
  const needed = plan.faults.at(-1)?.afterMs ?? 0;
  const shortest = Math.min(plan.hours, hours, Math.max(1, Math.ceil(needed / HOUR_MS)));
  const tried = [shortest, Math.min(plan.hours, hours)].filter((candidate) => candidate < plan.hours);
  for (const candidate of tried) {
    const shorter = tryPlan(failure, { ...plan, hours: candidate, faults: within(plan, candidate) }, bounds);
    if (shorter !== failure) return shorter;
  }
  return failure;
}

function withFewerHosts(failure: Failure, bounds: ShrinkBounds): Failure {
  let smallest = failure;
  for (const hosts of [1, 2, 3, 5, 8, Math.floor(failure.plan.hosts / 2)])
    if (hosts < smallest.plan.hosts && hosts > 0)
      smallest = tryPlan(smallest, { ...smallest.plan, hosts }, bounds);
  return smallest;
}

function withFewerFaults(failure: Failure, bounds: ShrinkBounds): Failure {
  let smallest = failure;
  for (let size = Math.ceil(failure.plan.faults.length / 2); size >= 1; size = Math.floor(size / 2))
    for (let from = 0; from < smallest.plan.faults.length && bounds.hasTime();) {
      const faults = smallest.plan.faults.toSpliced(from, size);
      const smaller = tryPlan(smallest, { ...smallest.plan, faults }, bounds);
      if (smaller === smallest) from += size;
      else smallest = smaller;
    }
  return smallest;
}

function tryPlan(failure: Failure, plan: Plan, { hasTime, run }: ShrinkBounds): Failure {
  if (!hasTime()) return failure;
  const broken = run(plan);
  return broken?.sentence === failure.broken.sentence ? { plan, broken } : failure;
}

function within({ faults }: Plan, hours: number): readonly Fault[] {
  return faults.filter(({ afterMs }) => afterMs < hours * HOUR_MS);
}
