// The part of `doctor` about what the actuator may do: that its sudoers file is what the catalogue says, that sudo allows each act and each
// look without a password, and that the programs can be executed and are root's alone. Runs nothing of what it asks about.
import { access, constants, readdir, readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { type PrivilegedAct, sudoListArgvOf } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import {
  editSudoers,
  giveToRoot,
  INSTALL_AGAIN,
  letExecute,
  LOOK_AS_ROOT,
} from "@countersign/shared/host/mend";
import { findPrivilegeGap, SUDO_LISTING_ARGV } from "../../core/actuator/sudo-listing.ts";
import { ACTUATOR_USER, privilegedActsOf, renderSudoers } from "../../core/actuator/sudoers.ts";
import { PLUGIN_USER, pluginsOf } from "../../core/evidence/plugin-units.ts";
import { describeFailure } from "../../failure.ts";
import { SUDOERS_FILE } from "../../paths.ts";
import type { Examiner, Scene } from "./examiner.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";
import { isRoot, look } from "./systemd.ts";

const SUDOERS_FOLDER = "/etc/sudoers.d";

export const sudoersExaminer: Examiner = {
  name: "sudoers",
  eyes: "root",
  isOfInstalled: true,
  examine: async ({ catalogue }) => [await examineSudoers(catalogue), await examineSudo()],
};

export const privilegesExaminer: Examiner = {
  name: "privileges",
  eyes: "root",
  isWatched: true,
  examine: async ({ catalogue }) => {
    const findings: Finding[] = [];
    for (const act of privilegedActsOf(catalogue)) findings.push(await examinePrivilege(act));
    return findings;
  },
};

export const programsExaminer: Examiner = {
  name: "programs",
  eyes: "root",
  examine: async (scene) => {
    const findings: Finding[] = [];
    for (const { program, user } of programsOf(scene.catalogue))
      findings.push(await examineProgram(program, user, scene));
    return findings;
  },
};

/** Whether the sudoers file is what this catalogue generates. */
async function examineSudoers(catalogue: Catalogue): Promise<Finding> {
  const text = await readFile(SUDOERS_FILE, "utf8").catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === "string")
    return text === renderSudoers(catalogue)
      ? well("sudoers", `${SUDOERS_FILE} is what the catalogue says`)
      : wrong("sudoers", `${SUDOERS_FILE} is not what the catalogue says`, INSTALL_AGAIN);
  if (text.code === "EACCES")
    return unknown("sudoers", "only root may read it: run doctor as root", LOOK_AS_ROOT);
  return wrong("sudoers", describeFailure(text), INSTALL_AGAIN);
}

/** Which sudo this is, and that it takes all of its rules: one broken file, and it allows nothing. */
async function examineSudo(): Promise<Finding> {
  const version = await look(["/usr/bin/sudo", "--version"]);
  const name = version.output.split("\n", 1)[0]?.trim() ?? "";
  if (!version.isDone)
    return wrong("sudo", "sudo does not run, so no act that needs root can", "sudoedit /etc/sudoers");
  if (!isRoot())
    return unknown("sudo", `${name}; only root may check its rules: run doctor as root`, LOOK_AS_ROOT);
  const rules = await look(["/usr/sbin/visudo", "-c"]);
  if (rules.isDone) return well("sudo", `${name} takes all of its rules`);
  const place = /(\/etc\/sudoers[A-Za-z0-9_./-]*)/.exec(rules.output)?.[1] ?? "/etc/sudoers";
  return wrong(
    "sudo",
    `${name} refuses its rules in ${place}, so it may allow nothing`,
    `sudo visudo -f ${place}`,
  );
}

/** Asks sudo itself, as the actuator's user, without running anything; the tags of the rule that counts decide. */
async function examinePrivilege(act: PrivilegedAct): Promise<Finding> {
  const { argv } = act;
  const check = `privilege: ${argv.join(" ")}`;
  const asked = askSudo(sudoListArgvOf(act));
  const listing = askSudo(SUDO_LISTING_ARGV);
  if (asked === null || listing === null)
    return unknown(check, "only root or the actuator's user may ask sudo: run doctor as root", LOOK_AS_ROOT);
  const gap = findPrivilegeGap(act, { allowed: await look(asked), listed: await look(listing) });
  if (gap === null) return well(check, "sudo allows it without a password");
  const file = gap.mend.includes("install") ? null : await laterRuleIn(act);
  if (file === null) return wrong(check, `${gap.reason}; by hand: \`sudo ${argv.join(" ")}\``, INSTALL_AGAIN);
  return wrong(check, `${gap.reason}; it stands in ${file}`, editSudoers(file));
}

/** The last file of sudo's rules, beside ours, that says something of the actuator's user or of what it runs; null: none that is known. */
async function laterRuleIn({ argv }: PrivilegedAct): Promise<string | null> {
  const included = (await readdir(SUDOERS_FOLDER).catch((): string[] => [])).sort((left, right) =>
    left < right ? -1 : 1,
  );
  const files = ["/etc/sudoers", ...included.map((name) => join(SUDOERS_FOLDER, name))];
  let found: string | null = null;
  for (const file of files) {
    if (file === SUDOERS_FILE) continue;
    const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
    const isAbout = (line: string) =>
      !/^\s*(?:#|Defaults)/.test(line) && (line.includes(ACTUATOR_USER) || line.includes(argv[0] ?? ""));
    if (lines.some(isAbout)) found = file;
  }
  return found;
}

function askSudo(asking: readonly string[]): readonly string[] | null {
  if (userInfo().username === ACTUATOR_USER) return asking;
  if (isRoot()) return ["/usr/sbin/runuser", "-u", ACTUATOR_USER, "--", ...asking];
  return null;
}

interface Program {
  readonly program: string;
  /** who executes it */
  readonly user: string;
}

function programsOf(catalogue: Catalogue): readonly Program[] {
  const acts = catalogue.services.flatMap(({ actions }) =>
    actions.flatMap((action) =>
      action.kind === "exec" ? [{ program: action.argv[0] ?? "", user: action.runAs ?? ACTUATOR_USER }] : [],
    ),
  );
  const plugins = pluginsOf(catalogue).map(({ check }) => ({
    program: check.argv[0] ?? "",
    user: PLUGIN_USER,
  }));
  return [...new Map([...acts, ...plugins].map((one) => [`${one.user} ${one.program}`, one])).values()];
}

async function examineProgram(program: string, user: string, { paths: { mode } }: Scene): Promise<Finding> {
  const check = `program: ${program}`;
  const isExecutable =
    mode === "system" && isRoot()
      ? (await look(["/usr/sbin/runuser", "-u", user, "--", "/usr/bin/test", "-x", program])).isDone
      : await access(program, constants.X_OK).then(
          () => true,
          () => false,
        );
  const loose = mode === "system" ? await firstLoose(program) : null;
  if (loose !== null)
    return wrong(check, `others than root may change ${loose}, and so what it runs`, giveToRoot(loose));
  return isExecutable
    ? well(check, "can be executed")
    : wrong(
        check,
        `cannot be executed by ${mode === "system" ? user : "this user"}: let them, or correct the catalogue`,
        letExecute(program),
      );
}

/** The file, or else the nearest folder above it, that somebody else than root may write; null: none. */
async function firstLoose(path: string): Promise<string | null> {
  const stats = await stat(path).catch(() => null);
  // A folder with the sticky bit lets nobody exchange what is another's.
  const isSticky = stats?.isDirectory() === true && (stats.mode & 0o1000) !== 0;
  if (stats !== null && !isSticky && (stats.uid !== 0 || (stats.mode & 0o022) !== 0)) return path;
  return path === "/" ? null : await firstLoose(dirname(path));
}
