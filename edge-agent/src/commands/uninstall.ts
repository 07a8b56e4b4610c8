// `countersign-agent uninstall`: takes back what install did. Privilege goes first. Configuration, key and journal stay unless --purge
// is said: the journal is evidence.
import { lstat, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { formatDuration } from "@countersign/shared/values/duration";
import { askToLeave } from "../agent/control-socket.ts";
import { ACTUATOR_USER } from "../core/actuator/sudoers.ts";
import { JOURNAL_SOCKET_UNIT, JOURNAL_UNIT, JOURNAL_USER } from "../core/evidence/journal-units.ts";
import { PLUGIN_FOLDER, PLUGIN_USER } from "../core/evidence/plugin-units.ts";
import {
  ACTUATOR_SOCKET,
  ACTUATOR_UNIT,
  AGENT_UNIT,
  AGENT_USER,
  SOCKET_GROUP,
} from "../core/evidence/systemd-units.ts";
import { describeFailure, EXIT } from "../failure.ts";
import { INSTALL_DIR, INSTALLED_COMMAND, pathsOf, SUDOERS_FILE, UNIT_DIR } from "../paths.ts";
import { runTool, tryTool } from "../run-tool.ts";
import { findPluginUnits, removePluginUnits } from "./plugin-unit-files.ts";
import type { Print } from "./print.ts";
import { removeSessionDropins } from "./session-dropin-files.ts";

/** How long people have to retire the host before its silence pages. */
const GOODBYE_MS = 15 * 60_000;

/** How long what was stopped may take to let go of its user. */
const ACCOUNT_WAIT_MS = 10_000;
const ACCOUNT_PAUSE_MS = 250;

interface Account {
  readonly tool: "userdel" | "groupdel";
  readonly name: string;
}

export interface UninstallOptions {
  readonly purge: boolean;
  readonly print: Print;
}

/** Removes the installation; returns the exit code. */
export async function runUninstall({ purge, print }: UninstallOptions): Promise<number> {
  if (process.getuid?.() !== 0) {
    print.error("Uninstalling needs root: run `sudo countersign-agent uninstall`.");
    return EXIT.configuration;
  }
  try {
    await sayGoodbye(print);
    await removeInstalled(print);
    if (purge) return (await removeState(print)) ? EXIT.ok : EXIT.failed;
    print.line("Kept: /etc/countersign, the host's key and the journal (remove them with --purge).");
    return EXIT.ok;
  } catch (error) {
    print.error(describeFailure(error));
    return EXIT.failed;
  }
}

// Nobody is retired by their own word: it only tells people what they will miss.
async function sayGoodbye(print: Print): Promise<void> {
  const { agentStateDir } = pathsOf();
  const leave = { type: "leave", reason: "retired", returnWithinMs: GOODBYE_MS } as const;
  const told = await askToLeave(agentStateDir, leave);
  print.line(
    told.ok
      ? `Told the control plane. Retire this host at the desk within ${formatDuration(GOODBYE_MS)}, or its silence pages.`
      : "Nobody was told: retire this host at the desk, or its silence pages.",
  );
}

async function removeInstalled(print: Print): Promise<void> {
  await remove(SUDOERS_FILE, print);
  // Not there, or never enabled: then there is nothing to stop.
  for (const unit of [AGENT_UNIT, ACTUATOR_SOCKET, JOURNAL_SOCKET_UNIT])
    await tryTool(["systemctl", "disable", "--now", unit]);
  await tryTool(["systemctl", "stop", ACTUATOR_UNIT, JOURNAL_UNIT.replace("@", "@*")]);
  const plugins = await findPluginUnits();
  await removePluginUnits(plugins);
  for (const name of plugins) print.line(`removed ${join(UNIT_DIR, name)}`);
  for (const unit of [AGENT_UNIT, ACTUATOR_SOCKET, ACTUATOR_UNIT, JOURNAL_SOCKET_UNIT, JOURNAL_UNIT])
    await remove(join(UNIT_DIR, unit), print);
  await removeSessionDropins(print);
  await runTool(["systemctl", "daemon-reload"]);
  await remove(INSTALLED_COMMAND, print);
  await remove(INSTALL_DIR, print);
  await remove(PLUGIN_FOLDER, print);
}

/** Whether all of it is gone. */
async function removeState(print: Print): Promise<boolean> {
  const { configDir, actuatorStateDir, agentStateDir } = pathsOf();
  for (const path of [configDir, actuatorStateDir, agentStateDir, "/var/lib/private/countersign-agent"])
    await remove(path, print);
  let isGone = true;
  for (const user of [ACTUATOR_USER, AGENT_USER, JOURNAL_USER, PLUGIN_USER])
    isGone = (await removeAccount({ tool: "userdel", name: user }, print)) && isGone;
  return (await removeAccount({ tool: "groupdel", name: SOCKET_GROUP }, print)) && isGone;
}

// userdel refuses a user of whom one process is left, and both refuse while another tool holds the lock of the user files: what was
// stopped a moment ago may take that moment to be gone.
export async function removeAccount({ tool, name }: Account, print: Print): Promise<boolean> {
  const [kind, database] = tool === "userdel" ? ["user", "passwd"] : ["group", "group"];
  const deadline = Date.now() + ACCOUNT_WAIT_MS;
  for (let isFirst = true; ; isFirst = false) {
    const known = await tryTool(["getent", database, name]);
    // it was never there: nothing was removed, and nothing is said
    if (!known.isDone && isFirst) return true;
    if (!known.isDone) break;
    const { isDone, output } = await tryTool([tool, name]);
    if (isDone) break;
    if (Date.now() >= deadline) {
      print.error(
        `Still here is the ${kind} ${name}: ${output}. End what uses it, then run \`sudo ${tool} ${name}\`.`,
      );
      return false;
    }
    await delay(ACCOUNT_PAUSE_MS);
  }
  print.line(`removed the ${kind} ${name}`);
  return true;
}

/** Removes what is there; of what was not, nothing is said. */
export async function remove(path: string, print: Print): Promise<void> {
  if ((await lstat(path).catch(() => null)) === null) return;
  await rm(path, { recursive: true, force: true });
  print.line(`removed ${path}`);
}
