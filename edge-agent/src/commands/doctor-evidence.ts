// The part of `doctor` that asks whether the agent can see what the catalogue tells it to watch: as its user, and through its own view of
// the disk, which its unit narrows. Reads only.
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import type { Catalogue, ServiceSpec } from "@countersign/shared/host/catalogue";
import { hiddenPathsOf } from "../core/evidence/hidden-paths.ts";
import { AGENT_UNIT, AGENT_USER } from "../core/evidence/systemd-units.ts";
import type { Mode } from "../files/read-owned-file.ts";
import { tryTool } from "../run-tool.ts";
import { type Finding, unknown, well, wrong } from "./finding.ts";

interface Watched {
  readonly path: string;
  /** a marker, or a ledger before the first line: there may be nothing yet */
  readonly mayBeMissing: boolean;
  /** the content is read, and not only that there is a file */
  readonly isRead: boolean;
}

/** Examines every path that the evidence of a catalogue names. */
export async function examineEvidence(catalogue: Catalogue, mode: Mode): Promise<readonly Finding[]> {
  const watched = new Map(catalogue.services.flatMap(watchedOf).map((item) => [item.path, item]));
  // What its unit hides would look like what is missing, or like something else of that name.
  const hidden = mode === "system" ? hiddenPathsOf(catalogue) : [];
  const findings: Finding[] = hidden.map(({ path, why }) => wrong(`evidence: ${path}`, `hidden: ${why}`));
  for (const { path } of hidden) watched.delete(path);
  if (watched.size === 0) return findings;
  const asAgent = await asAgentWould(mode);
  for (const item of watched.values())
    findings.push(
      asAgent === null
        ? unknown(
            `evidence: ${item.path}`,
            `run doctor as root while ${AGENT_UNIT} runs: it looks with the agent's eyes`,
          )
        : await examineWatched(item, asAgent),
    );
  return findings;
}

function watchedOf({ evidence }: ServiceSpec): readonly Watched[] {
  if (evidence === undefined) return [];
  const { ledger, counters, credentials, code, config, fallbacks } = evidence;
  const present = (path: string, isRead: boolean): Watched => ({ path, isRead, mayBeMissing: false });
  return [
    ...(ledger === undefined ? [] : [{ path: ledger, isRead: true, mayBeMissing: true }]),
    ...counters.flatMap(({ file }) => (file === undefined ? [] : [present(file, true)])),
    ...credentials.map(({ path, expiry }) => present(path, expiry !== undefined)),
    ...[...code, ...config].map((path) => present(path, false)),
    ...fallbacks.map(({ marker }) => ({ path: marker, isRead: false, mayBeMissing: true })),
  ];
}

/** The start of an argv that runs something with the agent's eyes; null: not possible now. */
async function asAgentWould(mode: Mode): Promise<readonly string[] | null> {
  if (mode === "process") return [];
  const pid = await agentPid();
  if (pid === null) return null;
  return ["/usr/bin/nsenter", "-t", String(pid), "-m", "/usr/sbin/runuser", "-u", AGENT_USER, "--"];
}

/** The process of the agent that runs; null: none does, or this user may not look through it. */
export async function agentPid(): Promise<number | null> {
  if (process.getuid?.() !== 0) return null;
  const { output } = await tryTool(["systemctl", "show", "--property=MainPID", "--value", AGENT_UNIT]);
  const pid = Number(output.trim());
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

async function examineWatched(
  { path, mayBeMissing, isRead }: Watched,
  asAgent: readonly string[],
): Promise<Finding> {
  const check = `evidence: ${path}`;
  const can = async (test: "-r" | "-e" | "-L" | "-x", what: string) =>
    (await tryTool([...asAgent, "/usr/bin/test", test, what])).isDone;
  if ((await can("-e", path)) || (await can("-L", path))) {
    if (!isRead || (await can("-r", path))) return well(check, "the agent sees it");
    return wrong(check, `the agent may not read it: run \`setfacl -m u:${AGENT_USER}:r ${path}\``);
  }
  // Looked for as root: a folder that is closed to the agent is there.
  const hasFolder = await access(dirname(path)).then(
    () => true,
    () => false,
  );
  if (!hasFolder && mayBeMissing) return well(check, "its folder is not there now, which may be right");
  const isOpen = !hasFolder || (await can("-x", dirname(path)));
  if (isOpen && mayBeMissing) return well(check, "not there now, which may be right");
  return wrong(
    check,
    isOpen
      ? "there is nothing: correct the catalogue, or make it"
      : `the agent may not enter its folder: run \`countersign-agent install\` after a change of the catalogue, and \`setfacl -m u:${AGENT_USER}:x ${dirname(path)}\``,
  );
}
