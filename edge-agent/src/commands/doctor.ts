// `countersign-agent doctor`: proves before it is needed that each action can be executed, and that nobody but root could have changed
// what this host believes. Reads only. A finding is a sentence with the exact command for a person.
import { access, constants, readFile, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import { type PrivilegedAct, sudoListArgvOf } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { createActuatorClient } from "../actuator-client.ts";
import { findPrivilegeGap, SUDO_LISTING_ARGV } from "../core/actuator/sudo-listing.ts";
import { ACTUATOR_USER, privilegedActsOf, renderSudoers } from "../core/actuator/sudoers.ts";
import { PLUGIN_USER, pluginsOf } from "../core/evidence/plugin-units.ts";
import { describeFailure, EXIT } from "../failure.ts";
import { loadCatalogue } from "../files/load-catalogue.ts";
import { readFreeze } from "../files/read-freeze.ts";
import { type HostPaths, SUDOERS_FILE } from "../paths.ts";
import { tryTool } from "../run-tool.ts";
import { runsOlderCatalogue } from "./catalogue-age.ts";
import { examineCounters } from "./doctor-counters.ts";
import { examineEvidence } from "./doctor-evidence.ts";
import { examineInstalledUnits } from "./doctor-installed-units.ts";
import { examineTrust } from "./doctor-trust.ts";
import { examineUnits } from "./doctor-units.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";
import type { Print } from "./print.ts";

export interface DoctorOptions {
  readonly paths: HostPaths;
  readonly json: boolean;
  readonly print: Print;
}

/** Examines this host and prints what it found; exit code 0 only when everything was seen and is right. */
export async function runDoctor({ paths, json, print }: DoctorOptions): Promise<number> {
  const findings = await examine(paths);
  const isWell = findings.every(({ status }) => status === "ok");
  if (json) print.line(JSON.stringify({ ok: isWell, findings }));
  else
    for (const { check, status, detail } of findings) print.line(`${status.padEnd(8)} ${check}: ${detail}`);
  return isWell ? EXIT.ok : EXIT.failed;
}

async function examine(paths: HostPaths): Promise<readonly Finding[]> {
  const catalogue = await loadCatalogue(paths.catalogue, paths.mode);
  const findings: Finding[] = [
    catalogue.ok
      ? well("catalogue", `${catalogue.value.services.length} services in ${paths.catalogue}`)
      : wrong("catalogue", catalogue.error.sentence),
    await examineTrust(paths),
    (await readFreeze(paths.frozen))
      ? wrong("freeze", `this host is frozen: a person lifts it with \`rm ${paths.frozen}\``)
      : well("freeze", "not frozen"),
    await examineSocket(paths),
  ];
  if (!catalogue.ok) return findings;
  if (paths.mode === "system")
    findings.push(await examineSudoers(catalogue.value), ...(await examineInstalledUnits(catalogue.value)));
  for (const act of privilegedActsOf(catalogue.value)) findings.push(await examinePrivilege(act));
  for (const program of execProgramsOf(catalogue.value))
    findings.push(await examineProgram(program, paths.mode, ACTUATOR_USER));
  for (const program of pluginProgramsOf(catalogue.value))
    findings.push(await examineProgram(program, paths.mode, PLUGIN_USER));
  if (paths.mode === "system") findings.push(await examineAge(paths.catalogue));
  findings.push(...(await examineEvidence(catalogue.value, paths.mode)));
  findings.push(...(await examineCounters(catalogue.value, paths.mode)));
  if (paths.mode === "system") findings.push(...(await examineUnits(catalogue.value)));
  return findings;
}

async function examineAge(catalogue: string): Promise<Finding> {
  return (await runsOlderCatalogue(catalogue))
    ? wrong("agent", `it goes by an older catalogue than ${catalogue}: run \`countersign-agent install\``)
    : well("agent", "it does not go by an older catalogue");
}

async function examineSocket(paths: HostPaths): Promise<Finding> {
  try {
    const status = await createActuatorClient({ socketPath: paths.socket, timeoutMs: 5_000 }).status();
    return well("actuator", `answers (version ${status.agentVersion})`);
  } catch (error) {
    const isHidden = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === "EACCES";
    if (isHidden) return unknown("actuator", "its socket is not open to this user: run doctor as root");
    const cause = (error as Error).cause;
    const reason = cause instanceof Error ? cause.message : (error as Error).message;
    return wrong("actuator", `${reason}: look with \`systemctl status countersign-actuator.socket\``);
  }
}

/** Whether the sudoers file is what this catalogue generates. */
async function examineSudoers(catalogue: Catalogue): Promise<Finding> {
  const text = await readFile(SUDOERS_FILE, "utf8").catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === "string")
    return text === renderSudoers(catalogue)
      ? well("sudoers", `${SUDOERS_FILE} is what the catalogue says`)
      : wrong("sudoers", `${SUDOERS_FILE} is not what the catalogue says: run \`countersign-agent install\``);
  if (text.code === "EACCES") return unknown("sudoers", "only root may read it: run doctor as root");
  return wrong("sudoers", `${describeFailure(text)} Run \`countersign-agent install\` as root.`);
}

/** Asks sudo itself, as the actuator's user, without running anything. */
async function examinePrivilege(act: PrivilegedAct): Promise<Finding> {
  const { argv } = act;
  const check = `privilege: ${argv.join(" ")}`;
  const asked = askSudo(sudoListArgvOf(act));
  const listing = askSudo(SUDO_LISTING_ARGV);
  if (asked === null || listing === null)
    return unknown(check, "only root or the actuator's user may ask sudo: run doctor as root");
  const gap = findPrivilegeGap(act, { allowed: await tryTool(asked), listed: await tryTool(listing) });
  return gap === null
    ? well(check, "sudo allows it without a password")
    : wrong(check, `${gap.reason}: run \`${gap.mend}\`; by hand: \`sudo ${argv.join(" ")}\``);
}

function askSudo(asking: readonly string[]): readonly string[] | null {
  if (userInfo().username === ACTUATOR_USER) return asking;
  if (process.getuid?.() === 0) return ["/usr/sbin/runuser", "-u", ACTUATOR_USER, "--", ...asking];
  return null;
}

function execProgramsOf(catalogue: Catalogue): readonly string[] {
  const programs = catalogue.services.flatMap(({ actions }) =>
    actions.flatMap((action) => (action.kind === "exec" ? [action.argv[0] ?? ""] : [])),
  );
  return [...new Set(programs)].sort();
}

function pluginProgramsOf(catalogue: Catalogue): readonly string[] {
  return [...new Set(pluginsOf(catalogue).map(({ check }) => check.argv[0] ?? ""))].sort();
}

async function examineProgram(program: string, mode: HostPaths["mode"], user: string): Promise<Finding> {
  const check = `program: ${program}`;
  const isExecutable =
    mode === "system" && process.getuid?.() === 0
      ? (await tryTool(["/usr/sbin/runuser", "-u", user, "--", "/usr/bin/test", "-x", program])).isDone
      : await access(program, constants.X_OK).then(
          () => true,
          () => false,
        );
  const stats = await stat(program).catch(() => null);
  if (mode === "system" && stats !== null && (stats.uid !== 0 || (stats.mode & 0o022) !== 0))
    return wrong(
      check,
      `others than root may change it: run \`chown root ${program}; chmod go-w ${program}\``,
    );
  return isExecutable
    ? well(check, "can be executed")
    : wrong(
        check,
        `cannot be executed by ${mode === "system" ? user : "this user"}: run \`chmod a+rx ${program}\` or correct the catalogue`,
      );
}
