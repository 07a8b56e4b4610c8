// Whether the agent that runs was started before its catalogue was last written: it reads it once, so it still goes by the
// old one. Not pure.
import { stat } from "node:fs/promises";
import { AGENT_UNIT } from "../core/evidence/systemd-units.ts";
import { tryTool } from "../run-tool.ts";

/**
 * False where no agent runs, or its start is not known. systemd tells whole seconds: in the same one it is taken to be
 * older.
 */
export async function runsOlderCatalogue(catalogue: string): Promise<boolean> {
  const asked = ["show", "--property=ActiveEnterTimestamp", "--value", "--timestamp=unix", AGENT_UNIT];
  const { isDone, output } = await tryTool(["systemctl", ...asked]);
  const startedAt = Number(/^@([0-9]+)$/.exec(output.trim())?.[1] ?? Number.NaN) * 1_000;
  if (!isDone || Number.isNaN(startedAt)) return false;
  const written = await stat(catalogue).catch(() => null);
  return written !== null && written.ctimeMs >= startedAt;
}
