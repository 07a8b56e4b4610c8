// Reads files that belong to a watched service: never more than a bound, never a pipe or a device, never waiting for a writer. Not pure.
import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Opens a regular file and closes it again; a symlink at the end of the path is followed only where that is asked for. */
export async function withFile<T>(
  path: string,
  links: "follow" | "refuse",
  read: (file: FileHandle, stats: Stats) => Promise<T>,
): Promise<T> {
  const noFollow = links === "refuse" ? constants.O_NOFOLLOW : 0;
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | noFollow);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw Object.assign(new Error(`Read ${path}`), { code: "no regular file", path });
    return await read(file, stats);
  } finally {
    await file.close();
  }
}

/** Reads a small file as text; null when it holds more than `bytesMax`. */
export async function readText(path: string, bytesMax: number): Promise<string | null> {
  return (await readBytes(path, bytesMax))?.toString("utf8") ?? null;
}

/** Reads a small file; null when it holds more than `bytesMax`. */
export function readBytes(path: string, bytesMax: number): Promise<Buffer | null> {
  return withFile(path, "follow", async (file) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytesMax + 1), 0, bytesMax + 1, 0);
    return bytesRead > bytesMax ? null : buffer.subarray(0, bytesRead);
  });
}
