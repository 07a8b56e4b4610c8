// Writes a small file so that after a crash at any moment the old or the new content stands there whole, never half of one:
// temporary file in the same directory, fsync, rename, fsync of the directory.
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Replaces the file at `path`; `mode` holds from the first byte on, so a secret is never readable by others. */
export async function writeDurably(path: string, content: string, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    const file = await open(temporary, "wx", mode);
    try {
      // The umask may have taken bits away that a reader needs (0644 of a trust file).
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new Error(`Write ${path}`, { cause });
  }
}

/**
 * Makes a directory and the ones above it, where they are missing. Not mkdir's own `recursive`: that one spins for ever on a file
 * system that answers ENOENT to every mkdir, as /proc does (Node 24).
 */
export async function ensureDirectory(path: string, mode: number): Promise<void> {
  const code = await tryMakeDirectory(path, mode);
  if (code !== "ENOENT" || dirname(path) === path) return;
  await ensureDirectory(dirname(path), mode);
  if ((await tryMakeDirectory(path, mode)) === "ENOENT")
    throw new Error(`Make directory ${path}`, { cause: Object.assign(new Error(), { code: "EROFS", path }) });
}

async function tryMakeDirectory(path: string, mode: number): Promise<"made" | "ENOENT"> {
  try {
    await mkdir(path, { mode });
    return "made";
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST") return "made";
    if (code === "ENOENT") return code;
    throw new Error(`Make directory ${path}`, { cause });
  }
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
