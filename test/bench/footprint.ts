// Benchmark: what agent and actuator cost the host that carries them, as installed: the bundle in its units on a real systemd machine,
// with three checks every five seconds. Private-dirty is memory that goes away with the process; RSS would count Node's own code,
// which all Node processes share. The actuator is started by its socket and ends when it is idle: both states are measured.
import { setTimeout as sleep } from "node:timers/promises";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { MACHINE_SERVICE_PORT } from "../../edge-agent/demo-host/catalogue-text.ts";
import type { Machine } from "../../edge-agent/demo-host/machine.ts";
import { createActuatorClient } from "../../edge-agent/src/actuator-client.ts";
import { INSTALLED_NODE } from "../../edge-agent/src/paths.ts";
import { startFleet } from "../system/fleet.ts";
import { installInMachine } from "./debian-packages.ts";
import { machineObstacle, useCatalogue } from "./demo-machine.ts";
import { figure, type Beside, type Figure, type Measured, type Say } from "./figures.ts";

/** The actuator goes after a minute without work; as long again for a slow machine. */
const ACTUATOR_REST_TIMEOUT_MS = 120_000;
const WINDOW_MS = 60_000;
/** Kernel's unit of process times; 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;
const CATALOGUE = `version: 1
probePort: ${MACHINE_SERVICE_PORT}
services:
  - name: demo
    title: Demo service
    unit: demo.service
    checks:
      - { name: unit, kind: unit, every: 5s }
      - { name: answers, kind: http, every: 5s, url: "http://127.0.0.1:${MACHINE_SERVICE_PORT}/health" }
      - { name: port, kind: tcp, every: 5s, port: ${MACHINE_SERVICE_PORT} }
    actions:
      - { name: restart, kind: systemctl, verb: restart, level: 4, timeout: 20s }
`;
/** The same three checks at the same pace. */
const MONITRC = `set daemon 5
check program demo-unit with path "/usr/bin/systemctl is-active demo.service"
  if status != 0 then alert
check host demo with address 127.0.0.1
  if failed port ${MACHINE_SERVICE_PORT} protocol http request "/health" then alert
  if failed port ${MACHINE_SERVICE_PORT} type tcp then alert
`;
const MONIT_CONFIG = "/etc/countersign-bench/monitrc";

export const footprintObstacle = machineObstacle;

interface Footprint {
  readonly privateDirtyMb: number;
  readonly cpuSeconds: number;
}

interface Footprints {
  /** just started by its socket and asked one question */
  readonly actuatorAwake: Footprint;
  /** over the window, with all idle */
  readonly agent: Footprint;
  readonly actuator: Footprint;
  readonly node: Footprint;
  readonly monit: Footprint | null;
}

/** `withMonit` false: nothing may be installed, so only an idle Node stands beside it. */
export async function benchFootprint(say: Say, withMonit: boolean): Promise<Measured> {
  say("booting a machine and installing the agent");
  const fleet = await startFleet(demoPolicy("default"));
  const { machine } = fleet;
  try {
    await useCatalogue(fleet, CATALOGUE);
    await startTransient(machine, "bench-node", [INSTALLED_NODE, "-e", "setInterval(() => {}, 1e9)"]);
    if (withMonit) {
      say("installing monit inside the machine");
      await startMonit(machine);
    }
    const actuatorAwake = await wakeActuator(machine);
    say("waiting for the actuator to end by itself");
    await waitFor("the actuator to be at rest", ACTUATOR_REST_TIMEOUT_MS, async () =>
      (await mainPidOf(machine, "countersign-actuator")) === 0 ? true : null,
    );
    say(`measuring for ${WINDOW_MS / 1_000} s`);
    const monitUnits = withMonit ? ["bench-monit"] : [];
    const units = ["countersign-agent", "countersign-actuator", "bench-node", ...monitUnits];
    const before = await Promise.all(units.map((unit) => footprintOf(machine, unit)));
    await sleep(WINDOW_MS);
    const after = await Promise.all(units.map((unit) => footprintOf(machine, unit)));
    const [agent, actuator, node, monit = null] = after.map((now, index): Footprint => ({
      ...now,
      cpuSeconds: now.cpuSeconds - (before[index]?.cpuSeconds ?? 0),
    }));
    if (agent === undefined || actuator === undefined || node === undefined)
      throw new Error("Measure footprints: one is missing");
    return { figures: figuresOf({ actuatorAwake, agent, actuator, node, monit }), notes: notesOf(withMonit) };
  } finally {
    await fleet.end();
  }
}

async function startMonit(machine: Machine): Promise<void> {
  await installInMachine(machine, ["monit"]);
  await machine.exec(["systemctl", "stop", "monit.service"]);
  await machine.write(MONIT_CONFIG, MONITRC, 0o600);
  await startTransient(machine, "bench-monit", ["/usr/bin/monit", "-I", "-c", MONIT_CONFIG]);
}

async function wakeActuator(machine: Machine): Promise<Footprint> {
  const socketPath = `${machine.rootPath}/run/countersign/actuator.sock`;
  await createActuatorClient({ socketPath }).status();
  return footprintOf(machine, "countersign-actuator");
}

async function startTransient(machine: Machine, unit: string, argv: readonly string[]): Promise<void> {
  await machine.run(["systemd-run", `--unit=${unit}`, "--collect", ...argv]);
}

async function mainPidOf(machine: Machine, unit: string): Promise<number> {
  return Number(await machine.run(["systemctl", "show", "--property=MainPID", "--value", `${unit}.service`]));
}

/** What its main process holds now and has used since it was started; nothing when it does not run. */
async function footprintOf(machine: Machine, unit: string): Promise<Footprint> {
  const pid = await mainPidOf(machine, unit);
  if (pid === 0 && unit !== "countersign-actuator") throw new Error(`Measure ${unit}: it does not run`);
  if (pid === 0) return { cpuSeconds: 0, privateDirtyMb: 0 };
  const stat = await machine.run(["cat", `/proc/${pid}/stat`]);
  const memory = await machine.run(["cat", `/proc/${pid}/smaps_rollup`]);
  // After the name in parentheses: utime, stime, cutime and cstime are fields 14 to 17. The latter two are of children it has waited
  // for: a check that runs a program is charged to who runs it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, count) => sum + Number(count), 0);
  const dirtyKb = Number(/^Private_Dirty:\s+([0-9]+) kB/m.exec(memory)?.[1] ?? Number.NaN);
  return { cpuSeconds: ticks / TICKS_PER_S, privateDirtyMb: dirtyKb / 1_024 };
}

function figuresOf({ actuatorAwake, agent, actuator, node, monit }: Footprints): readonly Figure[] {
  const beside = (value: number, what: string): Beside => ({ kind: "measured", value, what });
  const idle = beside(node.privateDirtyMb, "a Node process that does nothing");
  const memory = monit && beside(monit.privateDirtyMb, "monit, same checks");
  const cpu = monit && beside(monit.cpuSeconds, "monit, same checks");
  const atRest = agent.privateDirtyMb + actuator.privateDirtyMb;
  return [
    figure("agent, private-dirty", agent.privateDirtyMb, "MB", idle),
    figure("actuator awake, private-dirty", actuatorAwake.privateDirtyMb, "MB", idle),
    figure("actuator at rest, private-dirty", actuator.privateDirtyMb, "MB", idle),
    figure("both at rest, private-dirty", atRest, "MB", memory),
    figure("both awake, private-dirty", agent.privateDirtyMb + actuatorAwake.privateDirtyMb, "MB", memory),
    figure("agent, CPU", agent.cpuSeconds, "s/min", cpu),
    figure("actuator at rest, CPU", actuator.cpuSeconds, "s/min"),
    figure("actuator, CPU of being started and asked once", actuatorAwake.cpuSeconds, "s"),
  ];
}

function notesOf(withMonit: boolean): readonly string[] {
  return [
    `As installed on a booted systemd machine (nspawn), WebSocket open, idle for more than a minute, then ${WINDOW_MS / 1_000} s with 3 checks at 5 s (unit, http, tcp). The connection is plain HTTP: TLS would add to it.`,
    "The actuator is started by its socket and ends after a minute without work: at rest there is no process.",
    "CPU holds the programs that a check runs (systemctl show); resolution 0.01 s. Private_Dirty from smaps_rollup at the end.",
    withMonit
      ? "monit watches from the host itself: it hears no silence, asks nobody and holds no proof. It was installed inside the machine only."
      : 'monit does not stand beside it: it is installed (inside the machine) only when asked by name: "--only footprint" or "--install".',
  ];
}
