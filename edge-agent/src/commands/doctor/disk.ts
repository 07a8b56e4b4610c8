// The part of `doctor` that writes where the agent and the actuator write: a full or read-only disk costs the journal, and without it nothing
// runs. What it writes it takes away again.
import { access, constants, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FIND_LARGEST, REMOUNT } from "@countersign/shared/host/mend";
import { systemFailureOf } from "../../failure.ts";
import type { HostPaths } from "../../paths.ts";
import type { Examiner } from "./examiner.ts";
import { type Finding, well, wrong } from "./finding.ts";

/** With less than this a journal and some hours of facts may not find room. */
export const FREE_BYTES_MIN = 64 * 1024 * 1024;

export const agentDiskExaminer: Examiner = {
  name: "agent disk",
  eyes: "agent",
  isOfHost: true,
  examine: async ({ paths }) => [await examineFolder("agent", paths.agentStateDir)],
};

export const actuatorDiskExaminer: Examiner = {
  name: "actuator disk",
  eyes: "root",
  isOfHost: true,
  examine: async ({ paths }) =>
    (await canLook(paths)) ? [await examineFolder("actuator", paths.actuatorStateDir)] : [],
};

// Before its first start there is none, and another user may not look into it.
function canLook({ actuatorStateDir }: HostPaths): Promise<boolean> {
  return access(actuatorStateDir, constants.X_OK | constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** Whether a file can be written into a folder, and how much room is left there. */
export async function examineFolder(who: string, folder: string): Promise<Finding> {
  const check = `disk: ${who}`;
  const file = join(folder, ".doctor");
  try {
    await writeFile(file, "x".repeat(4_096), { mode: 0o600 });
  } catch (error) {
    const code = systemFailureOf(error)?.code ?? String(error);
    if (code === "ENOENT") return well(check, "it was never started here");
    return wrong(check, `nothing can be written into ${folder} (${code}): ${meaningOf(code)}`, mendOf(code));
  } finally {
    await rm(file, { force: true }).catch(() => {});
  }
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return free >= FREE_BYTES_MIN
    ? well(check, `${folder} can be written`)
    : wrong(
        check,
        `only ${Math.floor(free / 1_048_576)} MB are free below ${folder}: its journal may soon not find room`,
        FIND_LARGEST,
      );
}

function meaningOf(code: string): string {
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full, so no act can be journalled";
  return code === "EROFS" ? "its file system is read-only" : "its state cannot be kept";
}

function mendOf(code: string): string | null {
  if (code === "ENOSPC" || code === "EDQUOT") return FIND_LARGEST;
  return code === "EROFS" ? REMOUNT : null;
}
