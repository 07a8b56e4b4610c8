// Looks with the agent's eyes: starts doctor once more, as the agent's user and in its view of the disk, which its unit narrows. Only root can
// do that, and only while the agent runs. Not pure.
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { LOOK_AS_ROOT, systemctlMend } from "@countersign/shared/host/mend";
import { AGENT_UNIT } from "../../core/evidence/systemd-units.ts";
import { INSTALLED_AGENT, INSTALLED_NODE } from "../../paths.ts";
import { tryTool } from "../../run-tool.ts";
import { type Finding, unknown, wrong } from "./finding.ts";
import { isRoot } from "./systemd.ts";

const CHECK = "agent's eyes";
/** A look that takes longer is told as one that failed. */
const AGENT_LOOK_MS = 30_000;

const Text = z.string().max(2_000);
const Findings = z.strictObject({
  ok: z.boolean(),
  findings: z
    .array(
      z.strictObject({
        check: Text,
        service: Text.nullable(),
        status: z.enum(["ok", "wrong", "unknown"]),
        detail: Text,
        mend: Text.nullable(),
        isWatched: z.boolean().optional(),
      }),
    )
    .max(4_096),
});

/** What doctor prints as JSON; null: it is nothing of the kind. */
export function parseFindings(text: string): readonly Finding[] | null {
  try {
    return Findings.safeParse(JSON.parse(text)).data?.findings ?? null;
  } catch {
    return null;
  }
}

/** What the agent sees, of an installed host. */
export async function lookAsAgent(): Promise<readonly Finding[]> {
  if (!isRoot())
    return [unknown(CHECK, "only root may look with the agent's eyes: run doctor as root", LOOK_AS_ROOT)];
  const asAgent = await argvOfAgent();
  if (asAgent === null)
    return [
      unknown(
        CHECK,
        `${AGENT_UNIT} does not run, so nothing can be looked at with its eyes`,
        systemctlMend("start", AGENT_UNIT),
      ),
    ];
  const { output } = await tryTool(
    [...asAgent, INSTALLED_NODE, INSTALLED_AGENT, "doctor", "--as-agent", "--json"],
    AGENT_LOOK_MS,
  );
  const line = output.split("\n").find((candidate) => candidate.startsWith("{")) ?? "";
  return (
    parseFindings(line) ?? [
      wrong(CHECK, `looking with the agent's eyes failed: ${output.trim().split("\n", 1)[0]}`),
    ]
  );
}

/** The start of an argv that runs something as the agent's process is; null: none runs. */
async function argvOfAgent(): Promise<readonly string[] | null> {
  const { output } = await tryTool(["systemctl", "show", "--property=MainPID", "--value", AGENT_UNIT]);
  const pid = Number(output.trim());
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => null);
  const [, uid] = /^Uid:\s+([0-9]+)/m.exec(status ?? "") ?? [];
  const [, gid] = /^Gid:\s+([0-9]+)/m.exec(status ?? "") ?? [];
  const [, groups = ""] = /^Groups:[ \t]*([0-9 ]*)/m.exec(status ?? "") ?? [];
  if (uid === undefined || gid === undefined) return null;
  const list = groups.trim().split(/\s+/).filter(Boolean).join(",");
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, list === "" ? "--clear-groups" : `--groups=${list}`];
  return ["/usr/bin/nsenter", "-t", String(pid), "-m", "/usr/bin/setpriv", ...ids, "--no-new-privs"];
}
