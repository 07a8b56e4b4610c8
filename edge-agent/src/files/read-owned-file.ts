// Reads a configuration file only when nobody but its rightful owner can have written it: not a symlink, a regular file, owned by
// root (in process mode by the current user or root), not writable by group or others, not too large. Each no is one sentence.
import { constants, type Stats } from "node:fs";
import { open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { CommandRefusal } from "../core/command-refusal.ts";

/** Largest configuration file. */
export const CONFIG_FILE_BYTES_MAX = 64 * 1024;

export type Mode = "system" | "process";

/** Reads the text of `path`, checked on the opened file itself, so that it cannot be exchanged in between. */
export async function readOwnedFile(path: string, mode: Mode): Promise<Result<string, CommandRefusal>> {
  const directory = mode === "system" ? await checkDirectory(dirname(path)) : null;
  if (directory !== null) return directory;
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(path, flags).catch((cause: NodeJS.ErrnoException) => cause);
  if (file instanceof Error) return explainOpen(path, file);
  try {
    const problem = explainStats(path, await file.stat(), mode);
    if (problem !== null) return problem;
    // One byte more than allowed is asked for: the file may have grown since it was measured.
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(CONFIG_FILE_BYTES_MAX + 1) });
    if (bytesRead > CONFIG_FILE_BYTES_MAX) return tooLarge(path);
    const text = new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, bytesRead));
    return ok(text);
  } catch (cause) {
    if (cause instanceof TypeError) return no("not-text", `${path} is not UTF-8 text: write it anew.`);
    throw new Error(`Read ${path}`, { cause });
  } finally {
    await file.close();
  }
}

/** Makes a refusal of a file. */
export function no(reason: string, sentence: string): { readonly ok: false; readonly error: CommandRefusal } {
  return refuse({ reason, sentence });
}

/** Who owns a file that this process may believe. */
function isRightOwner(uid: number, mode: Mode): boolean {
  return uid === 0 || (mode === "process" && uid === process.getuid?.());
}

function explainStats(path: string, stats: Stats, mode: Mode) {
  if (!stats.isFile()) return no("not-a-file", `${path} is not a regular file: put a plain file there.`);
  if (!isRightOwner(stats.uid, mode))
    return no(
      "wrong-owner",
      mode === "system"
        ? `${path} belongs to user ${stats.uid} and not to root: run \`chown root:root ${path}\`.`
        : `${path} belongs to user ${stats.uid} and not to you: copy it, so that it is your own.`,
    );
  if ((stats.mode & 0o022) !== 0)
    return no("loose-mode", `${path} may be written by its group or by others: run \`chmod go-w ${path}\`.`);
  return stats.size > CONFIG_FILE_BYTES_MAX ? tooLarge(path) : null;
}

function tooLarge(path: string) {
  return no("too-large", `${path} is larger than ${CONFIG_FILE_BYTES_MAX / 1024} KiB: make it shorter.`);
}

function explainOpen(path: string, error: NodeJS.ErrnoException) {
  switch (error.code) {
    case "ENOENT":
      return no("missing", `${path} is not there: write it, or name another directory with --config-dir.`);
    case "ELOOP":
    case "EMLINK":
      return no("symlink", `${path} is a symbolic link: put the file itself there.`);
    case "EACCES":
    case "EPERM":
      return no("unreadable", `${path} may not be read by this user: run \`chmod go+r ${path}\`.`);
    case undefined:
    default:
      throw new Error(`Open ${path}`, { cause: error });
  }
}

/** In a directory that others may write, a file can be exchanged for another of root's. */
async function checkDirectory(path: string) {
  const stats = await stat(path).catch(() => null);
  if (stats === null)
    return no(
      "missing",
      `${path} is not there: make it as root with \`install -d -m 755 ${path}\`, and write the catalogue into it.`,
    );
  if (stats.uid !== 0 || (stats.mode & 0o022) !== 0)
    return no(
      "loose-mode",
      `${path} may be changed by others than root: run \`chown root:root ${path}; chmod 755 ${path}\`.`,
    );
  return null;
}
