// `npm test`: every layer after the other (but some that mostly wait have another beside them), each with its own count, and one closing
// line. With CI=true every layer is required and the Debian packages they need are installed first; without it a layer whose prerequisite
// is missing is skipped loudly and counted.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { PROJECT_ROOT } from "../control-plane/embedded/bundle.ts";
import {
  installPackages,
  SYSTEM_TEST_PACKAGES,
  missingPackages,
  type DebianPackage,
} from "../control-plane/embedded/system-packages.ts";

interface Layer {
  readonly name: string;
  readonly about: string;
  readonly packages: readonly DebianPackage[];
  readonly needsRoot: boolean;
  readonly timeoutMs: number;
  /** starts together with the layer of this name, which mostly waits, and is told of when its own turn comes */
  readonly beside?: string;
  /** it only reckons: whatever else runs comes first */
  readonly givesWay?: true;
}

interface Row {
  readonly layer: Layer;
  readonly count: Count;
  readonly seconds: number;
  readonly note: string;
}

interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** file and title of each test that failed, and files that could not be loaded */
  readonly names: readonly string[];
}

/** What of Vitest's report by JSON is read. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const NOTHING: Count = { passed: 0, failed: 0, skipped: 0, names: [] };

const MINUTE_MS = 60_000;
const GIVES_WAY_NICENESS = 10;
const plain = { packages: [], needsRoot: false, timeoutMs: 20 * MINUTE_MS };
const reckons = { ...plain, givesWay: true } as const;
const LAYERS: readonly Layer[] = [
  { ...plain, name: "tidy", about: "the repository's own tidiness" },
  { ...reckons, name: "unit", about: "the pure core, both sides of each boundary" },
  { ...reckons, name: "scenarios", about: "stories on a virtual clock" },
  { ...reckons, name: "transcripts", about: "conversations" },
  { ...reckons, name: "incidents", about: "the five outages, replayed" },
  {
    ...reckons,
    name: "simulation",
    about: "a simulated fleet with faults by seed, every promise after every step",
  },
  { ...reckons, name: "contract", about: "frozen protocol fixtures" },
  { ...plain, name: "actors", about: "inside workerd" },
  { ...plain, name: "agent", about: "real processes and sockets" },
  {
    ...plain,
    name: "browser",
    about: "real Chromium",
    packages: ["chromium"],
  },
  {
    ...reckons,
    name: "mutation",
    about: "an attacker who has everything but people's passkeys, by seed",
    beside: "agent",
  },
  {
    name: "system",
    about: "real systemd and sudo",
    packages: SYSTEM_TEST_PACKAGES,
    needsRoot: true,
    timeoutMs: 40 * MINUTE_MS,
    beside: "unit",
  },
];

const isRequired = process.env.CI === "true";
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Why a layer cannot run here, or null. */
function obstacleOf(layer: Layer): string | null {
  const missing = missingPackages(layer.packages);
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  if (layer.needsRoot && !isRoot) return "it needs root on Linux";
  return missing.length > 0 ? `missing Debian packages: ${missing.join(" ")}` : null;
}

async function installPrerequisites(layers: readonly Layer[]): Promise<void> {
  const missing = missingPackages([...new Set(layers.flatMap(({ packages }) => packages))]);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    return say(`CI=true needs these Debian packages, and only root can install them: ${missing.join(" ")}`);
  say(`CI=true: installing the Debian packages that the layers need: ${missing.join(" ")}`);
  await installPackages(missing, (text) => process.stdout.write(text)).catch((error: unknown) =>
    say(error instanceof Error ? error.message : String(error)),
  );
}

/** What a layer prints, held back until it is its turn. */
class LayerOutput {
  #held: string[] | null = [];

  write(text: string): void {
    if (this.#held === null) process.stdout.write(text);
    else this.#held.push(text);
  }

  release(): void {
    for (const text of this.#held ?? []) process.stdout.write(text);
    this.#held = null;
  }
}

async function runLayer(layer: Layer, args: readonly string[], output: LayerOutput): Promise<Count> {
  const folder = mkdtempSync(join(tmpdir(), "countersign-test-"));
  const report = join(folder, "report.json");
  const vitest = join(PROJECT_ROOT, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [vitest, "run", "--project", layer.name, ...reporters, ...args], {
    cwd: PROJECT_ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      ...(process.stdout.isTTY === true ? { FORCE_COLOR: "1" } : { NO_COLOR: "1", FORCE_COLOR: "0" }),
    },
  });
  if (layer.givesWay === true && child.pid !== undefined) setPriority(child.pid, GIVES_WAY_NICENESS);
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output.write(text));
  let hasTimedOut = false;
  const timer = setTimeout(() => {
    hasTimedOut = true;
    child.kill("SIGKILL");
  }, layer.timeoutMs);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  if (hasTimedOut) output.write(`${layer.name}: ended after ${layer.timeoutMs / MINUTE_MS} minutes\n`);
  const count = readCount(report);
  rmSync(folder, { recursive: true, force: true });
  // A suite that could not even be loaded, or a layer without tests, is a failure of its own.
  return code !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
}

function readCount(report: string): Count {
  try {
    const read = JSON.parse(readFileSync(report, "utf8")) as Report;
    return {
      passed: read.numPassedTests,
      failed: read.numFailedTests,
      skipped: read.numPendingTests + read.numTodoTests,
      names: read.testResults.flatMap(failedIn),
    };
  } catch {
    return { ...NOTHING, failed: 1, names: ["no report: the layer did not come to its end"] };
  }
}

function failedIn({ name, status, assertionResults }: Report["testResults"][number]): readonly string[] {
  const file = relative(PROJECT_ROOT, name);
  const failed = assertionResults.filter((result) => result.status === "failed");
  if (failed.length === 0 && status === "failed") return [`${file}: failed outside of its tests`];
  return failed.map(({ fullName }) => `${file}: ${fullName}`);
}

interface StartedLayer {
  readonly output: LayerOutput;
  readonly row: Promise<Row>;
}

function startLayer(layer: Layer, args: readonly string[]): StartedLayer {
  const output = new LayerOutput();
  const startedAt = Date.now();
  const note = obstacleOf(layer) ?? "";
  if (note !== "") output.write(`!!! ${isRequired ? "FAILED" : "SKIPPED"} LAYER ${layer.name}: ${note}\n`);
  const missing = isRequired ? { ...NOTHING, failed: 1, names: [note] } : { ...NOTHING, skipped: 1 };
  const counted = note === "" ? runLayer(layer, args, output) : Promise.resolve(missing);
  const row = counted.then((count) => ({ layer, count, seconds: (Date.now() - startedAt) / 1_000, note }));
  return { output, row };
}

const wordsOf = ({ passed, failed, skipped }: Omit<Count, "names">) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

async function main(): Promise<void> {
  const [filter, ...args] = process.argv.slice(2);
  const layers = filter === undefined ? LAYERS : LAYERS.filter(({ name }) => name === filter);
  if (layers.length === 0) {
    say(`There is no layer "${filter}": name one of ${LAYERS.map(({ name }) => name).join(", ")}.`);
    process.exit(2);
  }
  if (isRequired) await installPrerequisites(layers);
  const rows: Row[] = [];
  const started = new Map<Layer, StartedLayer>();
  for (const [index, layer] of layers.entries()) {
    for (const other of layers)
      if (other === layer || other.beside === layer.name)
        started.set(other, started.get(other) ?? startLayer(other, args));
    say(`\n[${index + 1}/${layers.length}] ${layer.name}: ${layer.about}`);
    const { output, row } = started.get(layer) ?? startLayer(layer, args);
    output.release();
    rows.push(await row);
  }
  say("\nLayers:");
  for (const { layer, count, seconds, note } of rows)
    say(
      `  ${layer.name.padEnd(12)}${wordsOf(count).padEnd(36)}${seconds.toFixed(1).padStart(6)}s${note === "" ? "" : `  !!! ${note}`}`,
    );
  const failures = rows.flatMap(({ layer, count }) =>
    count.names.map((text) => `  ${layer.name.padEnd(12)}${text}`),
  );
  if (failures.length > 0) say(`\nFailed:\n${failures.join("\n")}`);
  const sum = (key: Exclude<keyof Count, "names">) =>
    rows.reduce((total, { count }) => total + count[key], 0);
  const total = { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
  say(`\n${wordsOf(total)}`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await main();
