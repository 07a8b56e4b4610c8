// Benchmark: what agent and actuator cost the host that carries them, as installed: the bundle in its units on a real systemd machine,
// with eight checks every five seconds (five units, two http, one tcp). Private-dirty is memory that goes away with the process; RSS would count
// Node's own code, which all Node processes share. The actuator is started by its socket and ends when it is idle: both states are measured.
// What a reader would get wrong: who asks about a unit has systemd work for the answer. So each of those that are compared runs alone for a
// while, and what systemd and its bus use meanwhile, beyond what they use with nobody there, is charged to it.
import { setTimeout as sleep } from "node:timers/promises";
import { demoPolicy } from "../../control-plane/embedded/demo-policy.ts";
import { waitFor } from "../../control-plane/embedded/story/steps.ts";
import { MACHINE_SERVICE_PORT } from "../../edge-agent/demo-host/catalogue-text.ts";
import type { Machine } from "../../edge-agent/demo-host/machine.ts";
import { createActuatorClient } from "../../edge-agent/src/actuator-client.ts";
import { INSTALLED_COMMAND, INSTALLED_NODE, UNIT_DIR } from "../../edge-agent/src/paths.ts";
import { type Fleet, startFleet } from "../system/fleet.ts";
import { installInMachine } from "./debian-packages.ts";
import { machineObstacle, useCatalogue } from "./demo-machine.ts";
import { figure, median, type Beside, type Figure, type Measured, type Say } from "./figures.ts";
import { cpuSecondsOf, mainPidOf, managerCpuSeconds, privateDirtyMbOf } from "./process-costs.ts";

/** The actuator goes after a minute without work; as long again for a slow machine. */
const ACTUATOR_REST_TIMEOUT_MS = 120_000;
const WINDOW_MS = 60_000;
/** Agents beside the installed one, by the same command: one process of Node's may by chance be one or two MB lighter than the next. */
const FURTHER_AGENTS = ["bench-agent-1", "bench-agent-2"] as const;
const SLEEPERS = ["sleeper-1", "sleeper-2", "sleeper-3", "sleeper-4"] as const;
const HEALTH = `http://127.0.0.1:${MACHINE_SERVICE_PORT}/health`;
const CATALOGUE = `version: 1
probePort: ${MACHINE_SERVICE_PORT}
services:
  - name: demo
    title: Demo service
    unit: demo.service
    checks:
      - { name: unit, kind: unit, every: 5s }
      - { name: answers, kind: http, every: 5s, url: "${HEALTH}" }
      - { name: answers-too, kind: http, every: 5s, url: "${HEALTH}?again" }
      - { name: port, kind: tcp, every: 5s, port: ${MACHINE_SERVICE_PORT} }
    actions:
      - { name: restart, kind: systemctl, verb: restart, level: 4, timeout: 20s }
${SLEEPERS.map((name) => `  - { name: ${name}, unit: ${name}.service, checks: [{ name: unit, kind: unit, every: 5s }] }`).join("\n")}
`;
/** The same checks at the same pace. */
const MONITRC = `set daemon 5
${["demo", ...SLEEPERS]
  .map(
    (name) => `check program ${name}-unit with path "/usr/bin/systemctl is-active ${name}.service"
  if status != 0 then alert`,
  )
  .join("\n")}
check host demo with address 127.0.0.1
  if failed port ${MACHINE_SERVICE_PORT} protocol http request "/health" then alert
  if failed port ${MACHINE_SERVICE_PORT} protocol http request "/health?again" then alert
  if failed port ${MACHINE_SERVICE_PORT} type tcp then alert
`;
const MONIT_CONFIG = "/etc/countersign-bench/monitrc";
const EXPORTER_PORT = 9_100;
const SCRAPE_MS = 5_000;

export const footprintObstacle = machineObstacle;

/** CPU of a minute alone. */
interface Cpu {
  /** with the children it has waited for */
  readonly own: number;
  /** of systemd and its bus, beyond a minute in which nobody asks */
  readonly ofSystemd: number;
}

interface Footprints {
  readonly agents: readonly number[];
  readonly nodeMb: number;
  /** just started by its socket and asked one question */
  readonly actuatorAwake: { readonly mb: number; readonly cpuSeconds: number };
  readonly agent: Cpu;
  readonly monit: (Cpu & { readonly mb: number }) | null;
  readonly exporter: (Cpu & { readonly mb: number }) | null;
}

/** `withMonit` false: nothing may be installed, so only an idle Node stands beside it. */
export async function benchFootprint(say: Say, withMonit: boolean): Promise<Measured> {
  say("booting a machine and installing the agent");
  const fleet = await startFleet(demoPolicy("default"));
  const { machine } = fleet;
  try {
    for (const name of SLEEPERS) await startTransient(machine, name, ["/usr/bin/sleep", "infinity"]);
    await useCatalogue(fleet, CATALOGUE);
    await startTransient(machine, "bench-node", [INSTALLED_NODE, "-e", "setInterval(() => {}, 1e9)"]);
    if (withMonit) {
      say("installing monit and prometheus-node-exporter inside the machine");
      await installOthers(machine);
    }
    for (const unit of FURTHER_AGENTS) await startFurtherAgent(fleet, unit);
    const actuatorAwake = await wakeActuator(machine);
    say("waiting for the actuator to end by itself");
    await waitFor("the actuator to be at rest", ACTUATOR_REST_TIMEOUT_MS, async () =>
      (await mainPidOf(machine, "countersign-actuator")) === 0 ? true : null,
    );
    await sleep(WINDOW_MS);
    const agentUnits = ["countersign-agent", ...FURTHER_AGENTS];
    const agents = await Promise.all(agentUnits.map((unit) => privateDirtyMbOf(machine, unit)));
    const nodeMb = await privateDirtyMbOf(machine, "bench-node");
    await machine.run(["systemctl", "stop", ...FURTHER_AGENTS, "bench-node"]);
    const measured = await measureCpu(fleet, say, withMonit);
    const footprints = { agents, nodeMb, actuatorAwake, ...measured };
    return { figures: figuresOf(footprints), notes: notesOf(withMonit) };
  } finally {
    await fleet.end();
  }
}

async function measureCpu(
  { machine }: Fleet,
  say: Say,
  withMonit: boolean,
): Promise<Pick<Footprints, "agent" | "monit" | "exporter">> {
  const seconds = WINDOW_MS / 1_000;
  say(`measuring the agent alone for ${seconds} s`);
  const agent = await cpuOf(machine, "countersign-agent");
  await machine.run(["systemctl", "stop", "countersign-agent"]);
  say(`measuring nobody for ${seconds} s`);
  const quiet = (await cpuOf(machine, "nobody")).ofSystemd;
  const beyondQuiet = (cpu: Cpu): Cpu => ({ ...cpu, ofSystemd: Math.max(0, cpu.ofSystemd - quiet) });
  if (!withMonit) return { agent: beyondQuiet(agent), monit: null, exporter: null };
  const other = async (unit: string) => {
    say(`measuring ${unit} alone for ${seconds} s`);
    await machine.run(["systemctl", "start", unit]);
    await sleep(SCRAPE_MS);
    const cpu = beyondQuiet(await cpuOf(machine, unit));
    const mb = await privateDirtyMbOf(machine, unit);
    await machine.run(["systemctl", "stop", unit]);
    return { ...cpu, mb };
  };
  const monit = await other("bench-monit");
  const scrapes = setInterval(() => void scrape(machine), SCRAPE_MS);
  const exporter = await other("bench-exporter").finally(() => clearInterval(scrapes));
  return { agent: beyondQuiet(agent), monit, exporter };
}

/** Of a minute from now on. */
async function cpuOf(machine: Machine, unit: string): Promise<Cpu> {
  const now = async () => ({
    own: await cpuSecondsOf(machine, unit),
    ofSystemd: await managerCpuSeconds(machine),
  });
  const before = await now();
  await sleep(WINDOW_MS);
  const after = await now();
  return { own: after.own - before.own, ofSystemd: after.ofSystemd - before.ofSystemd };
}

async function installOthers(machine: Machine): Promise<void> {
  await installInMachine(machine, ["monit", "prometheus-node-exporter"]);
  await machine.exec(["systemctl", "stop", "monit.service", "prometheus-node-exporter.service"]);
  await machine.write(MONIT_CONFIG, MONITRC, 0o600);
  const units = ["demo", ...SLEEPERS].map((name) => `${name}[.]service`).join("|");
  const exporter = `/usr/bin/prometheus-node-exporter --collector.systemd --collector.systemd.unit-include=${units} --web.listen-address=:${EXPORTER_PORT}`;
  for (const [name, command] of [
    ["bench-monit", `/usr/bin/monit -I -c ${MONIT_CONFIG}`],
    ["bench-exporter", exporter],
  ] as const)
    await machine.write(`${UNIT_DIR}/${name}.service`, `[Service]\nExecStart=${command}\n`, 0o644);
  await machine.run(["systemctl", "daemon-reload"]);
}

async function scrape({ link }: Machine): Promise<void> {
  await fetch(`http://${link.address}:${EXPORTER_PORT}/metrics`)
    .then((answer) => answer.text())
    .catch(() => "");
}

/** Another agent of this machine, with a key of its own, by the installed unit's command. */
async function startFurtherAgent({ admin, machine }: Fleet, unit: string): Promise<void> {
  const folder = `/opt/${unit}`;
  const flags = [
    "--config-dir",
    `${folder}/etc`,
    "--state-dir",
    `${folder}/state`,
    "--socket",
    `${folder}/socket`,
  ];
  const token = await admin().createEnrolmentToken();
  const { url } = JSON.parse(await machine.run(["cat", "/var/lib/countersign-agent/identity.json"])) as {
    url: string;
  };
  const enroll = ["enroll", "--url", url, "--token-file", "-", "--no-approver", "--allow-http", ...flags];
  await machine.run(["mkdir", "-p", `${folder}/etc`]);
  await machine.run([INSTALLED_COMMAND, ...enroll], `${token}\n`);
  await machine.write(`${folder}/etc/catalogue.yaml`, CATALOGUE, 0o644);
  const shown = await machine.run(["systemctl", "cat", "countersign-agent.service"]);
  const command = /^ExecStart=(.*)$/m.exec(shown)?.[1]?.split(" ") ?? [];
  const environment = /^Environment=(.*)$/m.exec(shown)?.[1]?.split(" ") ?? [];
  const options = [`--unit=${unit}`, ...environment.map((pair) => `--setenv=${pair}`)];
  await machine.run(["systemd-run", ...options, "--collect", ...command, ...flags]);
}

async function wakeActuator(machine: Machine): Promise<Footprints["actuatorAwake"]> {
  const socketPath = `${machine.rootPath}/run/countersign/actuator.sock`;
  await createActuatorClient({ socketPath }).status();
  const unit = "countersign-actuator";
  return { mb: await privateDirtyMbOf(machine, unit), cpuSeconds: await cpuSecondsOf(machine, unit) };
}

async function startTransient(machine: Machine, unit: string, argv: readonly string[]): Promise<void> {
  await machine.run(["systemd-run", `--unit=${unit}`, "--collect", ...argv]);
}

function figuresOf({ actuatorAwake, agent, agents, exporter, monit, nodeMb }: Footprints): readonly Figure[] {
  const beside = (value: number, what: string): Beside => ({ kind: "measured", value, what });
  const idle = beside(nodeMb, "a Node process that does nothing");
  const sumOf = ({ ofSystemd, own }: Cpu) => own + ofSystemd;
  const middle = median(agents);
  return [
    figure("agent, private-dirty, median of three", middle, "MB", idle),
    figure("agent, private-dirty, heaviest of three", Math.max(...agents), "MB", idle),
    figure("agent, private-dirty, beside monit", middle, "MB", monit && beside(monit.mb, "monit")),
    figure(
      "agent, private-dirty, beside an exporter",
      middle,
      "MB",
      exporter && beside(exporter.mb, "prometheus-node-exporter"),
    ),
    figure("actuator awake, private-dirty", actuatorAwake.mb, "MB", idle),
    figure("both awake, private-dirty", middle + actuatorAwake.mb, "MB"),
    figure(
      "agent, CPU with its children",
      agent.own,
      "s/min",
      monit && beside(monit.own, "monit, same checks"),
    ),
    figure(
      "agent, CPU of systemd for it",
      agent.ofSystemd,
      "s/min",
      monit && beside(monit.ofSystemd, "monit"),
    ),
    figure("agent, CPU in all", sumOf(agent), "s/min", monit && beside(sumOf(monit), "monit, same checks")),
    figure(
      "agent, CPU in all, beside an exporter",
      sumOf(agent),
      "s/min",
      exporter && beside(sumOf(exporter), "prometheus-node-exporter, units alone"),
    ),
    figure("actuator, CPU of being started and asked once", actuatorAwake.cpuSeconds, "s"),
  ];
}

function notesOf(withMonit: boolean): readonly string[] {
  return [
    `As installed on a booted systemd machine (nspawn), WebSocket open, idle for some minutes, with 8 checks at 5 s (5 units, 2 http, tcp). Private_Dirty from smaps_rollup of three agents: the installed one, and two more by the same command without its sandbox. The connection is plain HTTP: TLS would add to it.`,
    "The actuator is started by its socket and ends after a minute without work: at rest there is no process.",
    `CPU: each runs alone for ${WINDOW_MS / 1_000} s; its own, that of programs it has run (systemctl), and that of systemd and dbus-daemon beyond a minute in which nobody asks. Resolution 0.01 s.`,
    withMonit
      ? "monit watches from the host itself: it hears no silence, asks nobody and holds no proof. prometheus-node-exporter is scraped every 5 s and tells the units' states alone; it judges nothing and checks no address. Both were installed inside the machine only."
      : 'Nothing else stands beside it: monit and prometheus-node-exporter are installed (inside the machine) only when asked by name: "--only footprint" or "--install".',
  ];
}
