// Runs inside the guest: the product's own audit and readers, one look each, and prints what they find as one line of JSON. They are the installed
// ones in all but their time limits: a guest that is computed is ten to thirty times slower than any host. `audit` is run by the actuator's
// user, `memory` by the agent's. Usage: guest-probe.mjs audit | memory STATES
import { writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { SYSTEMCTL_PATH } from "@countersign/shared/host/action-argv";
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import type { Fact } from "@countersign/shared/wire/fact";
import type { UnitState } from "@countersign/shared/wire/service-report";
import { auditActions } from "../../../edge-agent/src/actuator/audit.ts";
import { createExactLook } from "../../../edge-agent/src/actuator/look-exactly.ts";
import { runBounded } from "../../../edge-agent/src/actuator/run-action.ts";
import { parseUnitShow, type SeenUnit } from "../../../edge-agent/src/core/evidence/unit-state.ts";
import { UNIT_PROPERTIES } from "../../../edge-agent/src/core/unit-properties.ts";
import { createMemoryReader } from "../../../edge-agent/src/evidence/read-memory.ts";
import { loadCatalogue } from "../../../edge-agent/src/files/load-catalogue.ts";
import { readSigns, signPlaces } from "../../../edge-agent/src/watching/read-signs.ts";

const TOOL_MS = 60_000;
const WATCH_MS = 100_000;

const runPatiently = (argv: readonly string[], options: Parameters<typeof runBounded>[1]) =>
  runBounded(argv, { ...options, timeoutMs: TOOL_MS });
const lookExactly = createExactLook(runPatiently);

async function tryTool(argv: readonly string[]) {
  const end = await runPatiently(argv, { timeoutMs: TOOL_MS, outputCharsMax: 65_536 });
  return { isDone: end.exitCode === 0, output: `${end.stdout}${end.stderr}` };
}

async function look(service: ServiceSpec): Promise<SeenUnit> {
  const { manager, unit = "" } = service;
  if (manager === "user") return lookExactly(service);
  const properties = `--property=${UNIT_PROPERTIES.join(",")}`;
  const { output } = await tryTool([SYSTEMCTL_PATH, "show", "--timestamp=utc", properties, "--", unit]);
  return parseUnitShow(output, unit);
}

async function audit(catalogue: Catalogue) {
  const states: Record<string, UnitState> = {};
  const kept = async (service: ServiceSpec) => {
    const seen = await look(service);
    states[service.name] = seen.state;
    return seen;
  };
  const audited = await auditActions(catalogue, { tryTool, look: kept });
  for (const service of catalogue.services) if (states[service.name] === undefined) await kept(service);
  return { audited, states };
}

/** Reads the signs, then has the two eaters eat, and reads memory until both are told of. */
async function memory(catalogue: Catalogue, states: Readonly<Record<string, UnitState>>) {
  const signs = catalogue.services.map(({ manager, name, unit = null }) => ({
    service: name,
    ...readSigns(
      {
        unit: manager === "user" ? null : unit,
        controlGroup: states[name]?.controlGroup ?? null,
        mainPid: 0,
      },
      signPlaces(),
    ),
  }));
  const read = createMemoryReader(
    catalogue.services.map(({ name, unit = "" }) => ({
      service: name,
      unit,
      unitNow: () => states[name] ?? null,
    })),
  );
  const facts: Fact[] = [...(await read()).events];
  for (const kind of ["oom-kill", "pressure"] as const) {
    await writeFile(kind === "oom-kill" ? "/tmp/eat-eater" : "/tmp/eat-pressed", "");
    const deadline = performance.now() + WATCH_MS / 2;
    while (
      !facts.some((fact) => fact.kind === kind && fact.service !== null) &&
      performance.now() < deadline
    ) {
      await pause(500);
      facts.push(...(await read()).events);
    }
  }
  return { signs, facts };
}

const [, , command, states = "{}"] = process.argv;
const catalogue = await loadCatalogue("/etc/countersign/catalogue.yaml", "system");
if (!catalogue.ok) throw new Error(`Read the catalogue: ${JSON.stringify(catalogue)}`);
const found =
  command === "audit"
    ? await audit(catalogue.value)
    : await memory(catalogue.value, JSON.parse(states) as Record<string, UnitState>);
process.stdout.write(`${JSON.stringify(found)}\n`);
