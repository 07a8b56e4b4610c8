// What `npm start`, `npm test`, `npm run bench`, `npm run countersign` and `npm run setup` run first: installs pnpm, Node 24 and the packages when they are
// missing or the lockfile changed, then hands over to a TypeScript entry on Node 24. Plain JavaScript without dependencies, because
// it runs on Node 20 before anything is installed. Everything it says goes to stderr: stdout belongs to the entry
// (`npm start -- --story --json` prints JSON there).
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundleOf, FOR_NODE } from "./bootstrap/kept-bundle.mjs";

const ROOT = dirname(fileURLToPath(import.meta.url));
/** Has its own lockfile, so that npm checks what it downloads against the hashes there; pnpm then does the same for all the rest. */
const PNPM_FOLDER = join(ROOT, "bootstrap");
const PNPM = join(PNPM_FOLDER, "node_modules", ".bin", "pnpm");
const NODE_MAJOR_MIN = 24;
const INSTALL_TIMEOUT_MS = 15 * 60_000;
const STAMP = join(ROOT, "node_modules", ".countersign-install");
const LOG = join(ROOT, "node_modules", ".countersign-install.log");
const LOG_TAIL_LINES = 20;
/** Whatever of these changes makes the installed packages stale. */
const INSTALL_INPUTS = [
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "package.json",
  "control-plane/package.json",
  "edge-agent/package.json",
  "shared/package.json",
  "bootstrap/package-lock.json",
];
/** The `countersign` command, and what is made of it. */
const COMMAND_ENTRY = "control-plane/cli/main.ts";
const COMMAND_FOLDER = join(ROOT, "node_modules", ".countersign-command");
/** What Node made of the sources that it ran: the same file is not compiled twice. */
const COMPILE_CACHE = join(ROOT, "node_modules", ".countersign-compiled");
const ENTRIES = { start: "control-plane/embedded/start.ts", test: "test/run.ts", bench: "test/bench/run.ts" };

/** A failure with the one sentence that a person needs. */
class Refusal extends Error {}

/** One line per step: rewritten with a spinner on a terminal, plain start and end lines elsewhere. */
function startStep(number, total, title) {
  const isTerminal = process.stderr.isTTY === true && process.env.TERM !== "dumb";
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)}s`;
  const head = `[${number}/${total}] ${title}`;
  let frame = 0;
  const draw = () => process.stderr.write(`\r\x1b[K${head} ${"|/-\\"[frame++ % 4]} ${seconds()}`);
  if (!isTerminal) process.stderr.write(`${head} …\n`);
  // Without a terminal a line every half minute shows that it still moves.
  const timer = setInterval(
    isTerminal ? draw : () => process.stderr.write(`${head} … ${seconds()}\n`),
    isTerminal ? 120 : 30_000,
  );
  return (word) => {
    clearInterval(timer);
    process.stderr.write(`${isTerminal ? "\r\x1b[K" : ""}${head}: ${word} (${seconds()})\n`);
  };
}

function fingerprintOfInputs() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const file of INSTALL_INPUTS) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

function isInstalled(fingerprint) {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === fingerprint;
}

/** Runs a command with its output in the log; resolves to its exit code, or to the reason why it did not run. */
function runLogged(command, args) {
  return new Promise((resolve) => {
    appendFileSync(LOG, `\n$ ${command} ${args.join(" ")}\n`);
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      // CI=true: pnpm asks no question. npm's own loglevel (.npmrc: silent) must not hide why an install failed.
      env: { ...process.env, CI: "true", npm_config_loglevel: "error" },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), INSTALL_TIMEOUT_MS);
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => appendFileSync(LOG, chunk));
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      resolve(code ?? `ended by ${signal}`);
    });
  });
}

function logTail() {
  return readFileSync(LOG, "utf8").trimEnd().split("\n").slice(-LOG_TAIL_LINES).join("\n");
}

async function runStep({ number, total, title, command, args, advice }) {
  const end = startStep(number, total, title);
  const code = await runLogged(command, args);
  end(code === 0 ? "done" : "failed");
  if (code !== 0)
    throw new Refusal(`${title} failed (${code}): ${advice}\n\n${logTail()}\n\nWhole log: ${LOG}`);
}

async function install(fingerprint) {
  try {
    mkdirSync(dirname(LOG), { recursive: true });
    writeFileSync(LOG, "");
  } catch (error) {
    throw new Refusal(
      `Cannot write ${dirname(LOG)} (${error.code}): make the folder writable for this user, or clone into one that is.`,
    );
  }
  const advice = "check that this machine reaches the npm registry (npm ping), then run the command again.";
  await runStep({
    number: 1,
    total: 2,
    title: "Fetch pnpm",
    command: "npm",
    // No script of a package runs before pnpm, which asks for each by name.
    args: ["install", "--prefix", PNPM_FOLDER, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"],
    advice,
  });
  await runStep({
    number: 2,
    total: 2,
    title: "Install packages and Node 24",
    command: PNPM,
    args: ["install", "--frozen-lockfile", "--reporter=append-only"],
    advice,
  });
  writeFileSync(STAMP, fingerprint);
}

/** The version a Node binary answers with, or null when it does not run here. */
function majorOf(binary) {
  return new Promise((resolve) => {
    const child = spawn(binary, ["--version"], { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    child.stdout?.on("data", (chunk) => (text += chunk));
    child.on("error", () => resolve(null));
    child.on("close", () => resolve(Number(/^v([0-9]+)\./.exec(text)?.[1] ?? Number.NaN) || null));
  });
}

async function findNode() {
  const installed = join(ROOT, "node_modules", ".bin", "node");
  const major = existsSync(installed) ? await majorOf(installed) : null;
  if (major !== null && major >= NODE_MAJOR_MIN) return installed;
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) return process.execPath;
  throw new Refusal(
    `There is no packaged Node ${NODE_MAJOR_MIN} for ${process.platform} ${process.arch}, and this is Node ${process.versions.node}: ` +
      `install Node ${NODE_MAJOR_MIN} or newer (https://nodejs.org/en/download) and run the command again.`,
  );
}

/** Runs the entry and ends as it ends. A dead parent (npm killed) ends it too. */
function handOver(node, args, { cwd, env } = { cwd: ROOT, env: {} }) {
  const bin = join(ROOT, "node_modules", ".bin");
  const child = spawn(node, args, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}`, NODE_NO_WARNINGS: "1", ...env },
  });
  const parent = process.ppid;
  const timer = setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 1_000);
  // Ctrl-C reaches the whole foreground group, so the child has it already; npm forwards SIGTERM to us alone.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`Cannot run ${node}: ${error.message}`));
  child.on("close", (code, signal) => {
    clearInterval(timer);
    process.exit(code ?? (signal === "SIGINT" ? 130 : 1));
  });
}

/** The folder from which the operator named files: npm begins a script in the project's and says where it was called. */
function callersFolder() {
  const { INIT_CWD, npm_lifecycle_event: script } = process.env;
  return script === "countersign" && INIT_CWD !== undefined ? INIT_CWD : process.cwd();
}

/** Runs the `countersign` command, in this very process where it is new enough. */
async function runCommand(salt, args) {
  const cwd = callersFolder();
  let path = join(ROOT, COMMAND_ENTRY);
  try {
    const what = { root: ROOT, entry: COMMAND_ENTRY, folder: COMMAND_FOLDER, salt, options: FOR_NODE };
    path = (await bundleOf(what)).path;
  } catch {
    // Nothing can be written here, or the sources cannot be read: they say so themselves.
  }
  if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN)
    return handOver(await findNode(), [path, ...args], { cwd, env: { NODE_COMPILE_CACHE: COMPILE_CACHE } });
  module.enableCompileCache(COMPILE_CACHE);
  process.chdir(cwd);
  process.argv.splice(1, Infinity, path, ...args);
  await import(pathToFileURL(path).href);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

const [command, ...rest] = process.argv.slice(2);
if (!["countersign", "exec", "setup"].includes(command) && ENTRIES[command] === undefined)
  fail(
    "Usage: node bootstrap.mjs start|test|bench [OPTION…], node bootstrap.mjs countersign [ARGUMENT…], node bootstrap.mjs exec FILE [ARGUMENT…], or node bootstrap.mjs setup",
  );
try {
  const fingerprint = fingerprintOfInputs();
  if (!isInstalled(fingerprint)) await install(fingerprint);
  if (command === "countersign") await runCommand(fingerprint, rest);
  else if (command === "exec") handOver(await findNode(), rest);
  else if (command !== "setup")
    handOver(await findNode(), [ENTRIES[command], ...rest], {
      cwd: ROOT,
      // a benchmark measures what starts without it
      env: command === "bench" ? {} : { NODE_COMPILE_CACHE: COMPILE_CACHE },
    });
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  fail(error.message);
}
