// How fast the simulation is: host-hours per minute of processor time, at the documented fault rate and without faults, and how much of it
// the decisions of shard and desk take. A promise that breaks is a broken figure.
import { PRODUCTION_CORES, type Cores } from "../simulation/cores.ts";
import { drawFaults, FAULTS_PER_HOUR } from "../simulation/faults/fault-schedule.ts";
import { REST_HOURS, Simulation } from "../simulation/simulation.ts";
import { figure, type Figure, type Measured, promise, type Say } from "./figures.ts";

const HOSTS = 500;
const HOURS = { full: 3, quick: 1 };
const SEED = 7;
const AIM_PER_MINUTE = 100_000;

/** Runs one seed with and without faults. */
export function benchSimulation(say: Say, isQuick: boolean): Promise<Measured> {
  const hours = isQuick ? HOURS.quick : HOURS.full;
  const figures = [FAULTS_PER_HOUR, 0].flatMap((faultsPerHour) => {
    say(`${HOSTS} hosts, ${hours} hours, ${faultsPerHour} faults per hour`);
    return measure(hours, faultsPerHour);
  });
  return Promise.resolve({
    figures,
    notes: [
      `Seed ${SEED}, ${HOSTS} hosts with two services each, ${hours} hours and the ${REST_HOURS} quiet hours that follow; one core.`,
      "Every sweep is decided and every promise is held after every step. Small fleets get less: faults are per fleet, not per host.",
    ],
  });
}

function measure(hours: number, faultsPerHour: number): readonly Figure[] {
  const faults = faultsPerHour === 0 ? [] : drawFaults(SEED, hours, faultsPerHour);
  const timed = timedCores();
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const { broken } = new Simulation({ seed: SEED, hours, hosts: HOSTS, faults }, timed.cores).run();
  const wallMs = performance.now() - startedAt;
  const { system, user } = process.cpuUsage(before);
  const cpuMs = (system + user) / 1_000;
  const perMinute = (HOSTS * (hours + REST_HOURS) * 60_000) / cpuMs;
  const rate = `${faultsPerHour} faults/h`;
  const aim = { kind: "limit", value: AIM_PER_MINUTE, what: "the aim" } as const;
  return [
    promise(figure(`host-hours per minute, ${rate}`, Math.round(perMinute), "", aim), broken === null),
    figure(`share of the cores, ${rate}`, (100 * timed.spentMs()) / wallMs, "%"),
  ];
}

function timedCores(): { readonly cores: Cores; readonly spentMs: () => number } {
  let spentMs = 0;
  const timed =
    <A extends readonly unknown[], R>(decide: (...args: A) => R) =>
    (...args: A): R => {
      const startedAt = performance.now();
      const decision = decide(...args);
      spentMs += performance.now() - startedAt;
      return decision;
    };
  const { decideDesk, decideShard } = PRODUCTION_CORES;
  const cores = { ...PRODUCTION_CORES, decideDesk: timed(decideDesk), decideShard: timed(decideShard) };
  return { cores, spentMs: () => spentMs };
}
