// The brake: while the file is there, nothing runs. Anything but a clear "not there" counts as frozen.
import { lstat } from "node:fs/promises";

/** Says whether this host is frozen. */
export async function readFreeze(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}
