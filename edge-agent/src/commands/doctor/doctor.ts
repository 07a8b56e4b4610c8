// `countersign-agent doctor`: proves before it is needed that everything in the catalogue exists, is seen and can be executed, and that nobody
// but root could have changed what this host believes. Reads only. Each finding is a sentence, with the exact command that mends it.
// What a reader would get wrong: it has several pairs of eyes. As root it has the agent's own process look at what only that sees; as the
// agent (`--as-agent`) it says nothing of what is root's to see.
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { visibleLines } from "@countersign/shared/values/visible-text";
import { tellExamined } from "../../agent/control-socket.ts";
import { EXIT } from "../../failure.ts";
import { loadCatalogue } from "../../files/load-catalogue.ts";
import type { HostPaths } from "../../paths.ts";
import type { Print } from "../print.ts";
import { lookAsAgent } from "./agent-eyes.ts";
import { type Bounds, lookWithin } from "./bounded.ts";
import { EXAMINERS } from "./examiner-list.ts";
import { editCatalogue, type Examiner, type Eyes, type Scene } from "./examiner.ts";
import { type Finding, toTell, well, wrong } from "./finding.ts";
import { isRoot } from "./systemd.ts";

const STATUS_WIDTH = 8;

export interface DoctorOptions {
  readonly paths: HostPaths;
  readonly json: boolean;
  /** only what the agent sees; for the agent itself */
  readonly asAgent?: boolean;
  readonly print: Print;
}

/** Root waits for the agent's eyes too, which have to end before that. */
const BOUNDS: Bounds = { eachMs: 15_000, allMs: 30_000 };
const AGENT_BOUNDS: Bounds = { eachMs: 10_000, allMs: 20_000 };

/** Nothing of a service can be looked at where nobody says which there are. */
const NO_CATALOGUE: Catalogue = {
  version: 1,
  probePort: null,
  tags: [],
  services: [],
  budget: { restartsMax: 1, window: 1 },
};

/** Examines this host and prints what it found; exit code 0 only when everything was seen and is right. */
export async function runDoctor({ asAgent = false, json, paths, print }: DoctorOptions): Promise<number> {
  const findings = await examineHost(paths, asAgent);
  const isWell = findings.every(({ status }) => status === "ok");
  if (json) print.line(JSON.stringify({ ok: isWell, findings }));
  else printFindings(findings, (text) => print.line(visibleLines(text)));
  return isWell ? EXIT.ok : EXIT.failed;
}

/** All that these eyes see. As root the agent that runs is told, so that the desk hears of it too. */
export async function examineHost(paths: HostPaths, asAgent = false): Promise<readonly Finding[]> {
  const catalogue = await loadCatalogue(paths.catalogue, paths.mode);
  const read = catalogue.ok
    ? well("catalogue", `${catalogue.value.services.length} services in ${paths.catalogue}`)
    : wrong("catalogue", catalogue.error.sentence, editCatalogue(paths));
  const hasEyes = eyesOf(paths, asAgent);
  const examiners = EXAMINERS.filter(
    ({ eyes, isOfHost, isOfInstalled }) =>
      hasEyes.has(eyes) &&
      (isOfInstalled !== true || paths.mode === "system") &&
      (isOfHost === true || catalogue.ok),
  );
  const scene: Scene = { paths, catalogue: catalogue.ok ? catalogue.value : NO_CATALOGUE };
  const isWhole = !asAgent && paths.mode === "system";
  // At the same time: who installs waits for both.
  const [own, seenByAgent] = await Promise.all([
    examineAll(examiners, scene, asAgent ? AGENT_BOUNDS : BOUNDS),
    isWhole ? lookAsAgent() : [],
  ]);
  const findings = [read, ...own];
  if (isWhole && isRoot()) await tellExamined(paths.agentStateDir, toTell(findings));
  const known = new Set(findings.map(keyOf));
  return [...findings, ...seenByAgent.filter((finding) => !known.has(keyOf(finding)))];
}

// Whoever tries an agent by hand is all three.
function eyesOf({ mode }: HostPaths, asAgent: boolean): ReadonlySet<Eyes> {
  if (mode === "process") return new Set<Eyes>(["anyone", "agent", "root"]);
  return new Set<Eyes>(asAgent ? ["anyone", "agent"] : ["anyone", "root"]);
}

function examineAll(
  examiners: readonly Examiner[],
  scene: Scene,
  bounds: Bounds,
): Promise<readonly Finding[]> {
  const looks = examiners.map(({ examine, isWatched, name }) => ({
    name,
    look: async () => {
      const found = await examine(scene);
      return isWatched === true ? found.map((finding) => ({ ...finding, isWatched })) : found;
    },
  }));
  return lookWithin(looks, bounds);
}

function keyOf({ check, service }: Finding): string {
  return `${service ?? ""} ${check}`;
}

/** For people: the host first, then each service, the command that mends a finding on a line of its own, and last how much is wrong. */
export function printFindings(findings: readonly Finding[], line: (text: string) => void): void {
  const services = [...new Set(findings.flatMap(({ service }) => service ?? []))];
  for (const service of [null, ...services]) {
    line(service === null ? "This host" : `\nService ${service}`);
    for (const finding of findings) if (finding.service === service) printFinding(finding, line);
  }
  line(`\n${totalOf(findings)}`);
}

function printFinding({ check, detail, mend, status }: Finding, line: (text: string) => void): void {
  line(`${status.padEnd(STATUS_WIDTH)} ${check}: ${detail}`);
  if (mend !== null) line(`${"".padEnd(STATUS_WIDTH)} ${status === "wrong" ? "mend" : "look"}: ${mend}`);
}

function totalOf(findings: readonly Finding[]): string {
  const count = (status: Finding["status"]) => findings.filter((finding) => finding.status === status).length;
  const [wrong, unknown] = [count("wrong"), count("unknown")];
  if (wrong === 0 && unknown === 0) return `All ${findings.length} proven.`;
  return `${wrong} wrong, ${unknown} not seen, ${count("ok")} proven.`;
}
