// `countersign-agent install`: makes this machine a host, as root. Each step says what it is, whether it is done already and does it;
// so a second run changes nothing, and --dry-run only lists. sudoers text reaches /etc/sudoers.d only after visudo accepted it.
import {
  access,
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { visibleLines } from "@countersign/shared/values/visible-text";
import { ACTUATOR_USER, renderSudoers } from "../core/actuator/sudoers.ts";
import { JOURNAL_SOCKET_UNIT, JOURNAL_UNIT, JOURNAL_USER } from "../core/evidence/journal-units.ts";
import { PLUGIN_USER, placeOf, pluginsOf, renderHostUnits } from "../core/evidence/plugin-units.ts";
import {
  ACTUATOR_ALONE,
  ACTUATOR_SOCKET,
  ACTUATOR_UNIT,
  AGENT_ALONE,
  AGENT_UNIT,
  AGENT_USER,
  SOCKET_GROUP,
} from "../core/evidence/systemd-units.ts";
import { writeDurably } from "../durable-file.ts";
import { describeFailure, EXIT } from "../failure.ts";
import { loadInstallable } from "../files/load-catalogue.ts";
import {
  INSTALL_DIR,
  INSTALLED_AGENT,
  INSTALLED_COMMAND,
  INSTALLED_NODE,
  type HostPaths,
  pathsOf,
  SUDOERS_FILE,
  UNIT_DIR,
} from "../paths.ts";
import { runTool, tryTool } from "../run-tool.ts";
import { actuatorAloneText, agentAloneText } from "./alone-text.ts";
import { runsOlderCatalogue } from "./catalogue-age.ts";
import { examineHost } from "./doctor/doctor.ts";
import { unitsExaminer } from "./doctor/units.ts";
import { findPluginUnits, removePluginUnits } from "./plugin-unit-files.ts";
import type { Print } from "./print.ts";
import { sessionDropinSteps, tellForeignDropins, tellSessionDropins } from "./session-dropin-files.ts";
import type { Step } from "./step.ts";

export interface InstallOptions {
  readonly dryRun: boolean;
  /** the drop-ins of services that declare sessions are written too; absent: they are left as they are */
  readonly sessionDropins?: boolean;
  readonly print: Print;
  /** the self-contained build to install; absent: the program that runs now */
  readonly bundle?: string;
}

const OWN_UNITS = [AGENT_UNIT, ACTUATOR_SOCKET, ACTUATOR_UNIT, JOURNAL_SOCKET_UNIT, JOURNAL_UNIT];

const COMMAND_TEXT = `#!/bin/sh\nexec ${INSTALLED_NODE} ${INSTALLED_AGENT} "$@"\n`;

/** Installs or updates this host; returns the exit code. */
export async function runInstall(options: InstallOptions): Promise<number> {
  const { print, dryRun } = options;
  const bundle = options.bundle ?? process.argv[1] ?? "";
  const obstacle = await findObstacle(bundle, dryRun);
  if (obstacle !== null) return refused(print, obstacle);
  const paths = pathsOf();
  const catalogue = await loadInstallable(paths.catalogue, "system");
  if (!catalogue.ok) return refused(print, catalogue.error.sentence);
  try {
    const changed = await runSteps(stepsOf(bundle, catalogue.value), options);
    const isOutdated = changed > 0 || (await runsOlderCatalogue(paths.catalogue));
    if (!dryRun && isOutdated) await restart(print, pluginSocketsOf(catalogue.value));
    await installSessionDropins(catalogue.value, options);
    await warnOfFindings(catalogue.value, paths, options);
  } catch (error) {
    print.error(describeFailure(error));
    return EXIT.failed;
  }
  const isEnrolled = await exists(paths.identity);
  if (!isEnrolled)
    print.line(
      `Not enrolled yet: make a token on the desk, then \`countersign-agent enroll --url URL --token-file - && systemctl start ${AGENT_UNIT}\`.`,
    );
  return EXIT.ok;
}

function refused(print: Print, sentence: string): number {
  print.error(sentence);
  return EXIT.configuration;
}

async function findObstacle(bundle: string, dryRun: boolean): Promise<string | null> {
  if (process.platform !== "linux" || !(await exists("/run/systemd/system")))
    return "Only a Linux machine that systemd runs can be installed: use `countersign-agent run --config-dir … --state-dir …` here.";
  if (process.getuid?.() !== 0 && !dryRun)
    return "Installing needs root: run `sudo countersign-agent install`, or look first with --dry-run.";
  if (!bundle.endsWith(".mjs"))
    return "Only the self-contained build can be installed: build it with `node edge-agent/build.ts` and run edge-agent/dist/countersign-agent.mjs install.";
  for (const tool of ["/usr/bin/sudo", "/usr/sbin/visudo", "/usr/bin/systemctl"])
    if (!(await exists(tool)))
      return `${tool} is missing: install the package it comes from (sudo or systemd).`;
  return null;
}

async function installSessionDropins(catalogue: Catalogue, options: InstallOptions): Promise<void> {
  const { dryRun, print, sessionDropins = false } = options;
  const { foreign, steps } = await sessionDropinSteps(catalogue, fileStep);
  tellForeignDropins(foreign, print);
  if (!sessionDropins) return tellSessionDropins(steps, print);
  const changed = await runSteps(steps, options);
  if (changed === 0 || dryRun) return;
  await runTool(["systemctl", "daemon-reload"]);
  print.line("done       systemctl daemon-reload: the lines run from the next start of each service on.");
}

/**
 * What is wrong is said before anything fails, with the command that mends it; the host is installed all the same. A dry run has nothing
 * installed that could be looked at beside the units.
 */
async function warnOfFindings(
  catalogue: Catalogue,
  paths: HostPaths,
  options: InstallOptions,
): Promise<void> {
  const { dryRun, print } = options;
  const findings = dryRun ? await unitsExaminer.examine({ catalogue, paths }) : await examineHost(paths);
  for (const { check, detail, mend, status } of findings) {
    if (status !== "wrong") continue;
    print.line(visibleLines(`warning    ${check}: ${detail}`));
    if (mend !== null) print.line(visibleLines(`           mend: ${mend}`));
  }
}

/** Runs what is not done; returns how many steps changed something. */
async function runSteps(steps: readonly Step[], { dryRun, print }: InstallOptions): Promise<number> {
  let changed = 0;
  for (const { what, isDone, run } of steps) {
    if ((await isDone?.()) === true) {
      print.line(`unchanged  ${what}`);
      continue;
    }
    if (isDone !== undefined) changed += 1;
    if (!dryRun) await run();
    print.line(`${dryRun ? "would do " : "done     "}  ${what}`);
  }
  return changed;
}

function stepsOf(bundle: string, catalogue: Catalogue): readonly Step[] {
  const units = renderHostUnits({ node: INSTALLED_NODE, agent: INSTALLED_AGENT }, catalogue);
  const names = units.map(({ name }) => name);
  const pluginSockets = pluginSocketsOf(catalogue);
  return [
    {
      what: `make the group ${SOCKET_GROUP}, which may talk to the actuator`,
      isDone: async () => (await tryTool(["getent", "group", SOCKET_GROUP])).isDone,
      run: () => runTool(["groupadd", "--system", SOCKET_GROUP]),
    },
    userStep(AGENT_USER),
    userStep(ACTUATOR_USER),
    userStep(JOURNAL_USER),
    ...(pluginSockets.length === 0 ? [] : [userStep(PLUGIN_USER)]),
    copyStep(process.execPath, INSTALLED_NODE, 0o755),
    copyStep(bundle, INSTALLED_AGENT, 0o644),
    fileStep(join(INSTALL_DIR, AGENT_ALONE), agentAloneText(), 0o644),
    fileStep(join(INSTALL_DIR, ACTUATOR_ALONE), actuatorAloneText(), 0o644),
    fileStep(INSTALLED_COMMAND, COMMAND_TEXT, 0o755),
    ...units.map(({ name, text }) => fileStep(join(UNIT_DIR, name), text, 0o644)),
    {
      what: "remove the units of plugins that the catalogue does not name",
      isDone: async () => (await findPluginUnits(names)).length === 0,
      run: async () => removePluginUnits(await findPluginUnits(names)),
    },
    {
      // Not those of plugins: one program that is missing would keep all else from being installed. Its check says so, and
      // doctor.
      what: "have systemd check the units",
      run: () => verifyUnits(OWN_UNITS.map((name) => join(UNIT_DIR, name))),
    },
    sudoersStep(renderSudoers(catalogue)),
    {
      what: `enable ${[AGENT_UNIT, ACTUATOR_SOCKET, JOURNAL_SOCKET_UNIT, ...(pluginSockets.length === 0 ? [] : [`the sockets of ${pluginSockets.length} plugins`])].join(", ")}`,
      run: async () => {
        await runTool(["systemctl", "daemon-reload"]);
        await runTool([
          "systemctl",
          "enable",
          "--now",
          ACTUATOR_SOCKET,
          JOURNAL_SOCKET_UNIT,
          ...pluginSockets,
          AGENT_UNIT,
        ]);
      },
    },
  ];
}

function pluginSocketsOf(catalogue: Catalogue): readonly string[] {
  return pluginsOf(catalogue).map((plugin) => `${placeOf(plugin).unit}.socket`);
}

const USER_OPTIONS = [
  "--system",
  "--user-group",
  "--no-create-home",
  "--home-dir",
  "/nonexistent",
  "--shell",
  "/usr/sbin/nologin",
];

function userStep(user: string): Step {
  return {
    what: `make the user ${user}, without password, shell or home`,
    isDone: async () => (await tryTool(["getent", "passwd", user])).isDone,
    run: () => runTool(["useradd", ...USER_OPTIONS, user]),
  };
}

function fileStep(path: string, text: string, mode: number): Step {
  return {
    what: `write ${path}`,
    isDone: () => hasContent(path, Buffer.from(text), mode),
    run: async () => {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      await writeDurably(path, text, mode);
    },
  };
}

function copyStep(from: string, to: string, mode: number): Step {
  return {
    what: `copy ${from} to ${to}`,
    isDone: async () => from === to || hasContent(to, await readFile(from), mode),
    run: async () => {
      await mkdir(INSTALL_DIR, { recursive: true, mode: 0o755 });
      // Beside it and renamed: the old one may be running.
      await copyFile(from, `${to}.new`);
      await chmod(`${to}.new`, mode);
      await rename(`${to}.new`, to);
    },
  };
}

function sudoersStep(text: string): Step {
  return {
    what: `write ${SUDOERS_FILE} after visudo has checked it`,
    isDone: () => hasContent(SUDOERS_FILE, Buffer.from(text), 0o440),
    run: async () => {
      const directory = await mkdtemp(join(tmpdir(), "countersign-sudoers-"));
      try {
        const candidate = join(directory, "countersign");
        await writeFile(candidate, text, { mode: 0o440 });
        await runTool(["/usr/sbin/visudo", "-cf", candidate]);
        await writeDurably(SUDOERS_FILE, text, 0o440);
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    },
  };
}

/** Errors of other units on this machine are none of ours; systemd before 250 cannot tell them apart. */
async function verifyUnits(paths: readonly string[]): Promise<void> {
  const { isDone, output } = await tryTool(["systemd-analyze", "verify", "--recursive-errors=no", ...paths]);
  if (isDone) return;
  if (!output.includes("unrecognized option")) throw new Error(`Verify units: ${output.trim().slice(-600)}`);
  await runTool(["systemd-analyze", "verify", ...paths]);
}

/**
 * After an update the old must not go on: agent and plugins' sockets are started anew, the actuator by its next connection.
 */
async function restart(print: Print, pluginSockets: readonly string[]): Promise<void> {
  await runTool(["systemctl", "stop", ACTUATOR_UNIT]);
  if (pluginSockets.length > 0) await runTool(["systemctl", "restart", ...pluginSockets]);
  await runTool(["systemctl", "try-restart", AGENT_UNIT]);
  await wait(200);
  const { isDone } = await tryTool(["systemctl", "is-active", "--quiet", AGENT_UNIT]);
  if (isDone) print.line(`${AGENT_UNIT} was started anew, and goes by the catalogue as it is now.`);
}

async function hasContent(path: string, content: Buffer, mode: number): Promise<boolean> {
  try {
    const stats = await stat(path);
    const isRight = (stats.mode & 0o7777) === mode && stats.uid === 0 && stats.size === content.length;
    return isRight && (await readFile(path)).equals(content);
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
