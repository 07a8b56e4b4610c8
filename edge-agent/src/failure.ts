// What a person is told when a command of the host fails: one sentence with what to do, never a stack trace. Expected failures
// are returned with their sentence; this file words the others, by what the operating system said.

/** Exit codes of the host command. 78 (EX_CONFIG of sysexits.h): starting again cannot help until a person acts. */
export const EXIT = { ok: 0, failed: 1, usage: 2, configuration: 78 } as const;

interface SystemFailure {
  readonly code: string;
  readonly path: string | null;
}

/** The first error in a chain of causes that the operating system gave a code; null when there is none. */
export function systemFailureOf(error: unknown): SystemFailure | null {
  for (let current = error, depth = 0; current instanceof Error && depth < 8; depth += 1) {
    const { code, path, address, cause } = current as NodeJS.ErrnoException & { address?: string };
    if (typeof code === "string") return { code, path: path ?? address ?? null };
    if (current.name === "TimeoutError") return { code: "TimeoutError", path: null };
    if (current instanceof AggregateError && current.errors.length > 0) {
      current = current.errors[0];
      continue;
    }
    current = cause;
  }
  return null;
}

/** One sentence for an error that nothing closer to it could word. */
export function describeFailure(error: unknown): string {
  const failure = systemFailureOf(error);
  const what = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
  if (failure === null)
    return `${what}. (Set COUNTERSIGN_DEBUG=1 to see where; if the sentence does not help, it is a bug.)`;
  const where = failure.path ?? "a file";
  switch (failure.code) {
    case "EROFS":
      return `${where} is on a read-only file system: name a writable place with --state-dir or --config-dir, or remount it.`;
    case "EACCES":
    case "EPERM":
      return `${where} may not be used by this user: run the command as root, or name directories of your own with --state-dir and --config-dir.`;
    case "ENOSPC":
    case "EDQUOT":
      return `There is no space left to write ${where}: free some, then run the command again.`;
    case "ENOENT":
      return `${where} does not exist: check the path (${what}).`;
    case "ENOTDIR":
    case "EISDIR":
      return `${where} is not what it should be (${failure.code}): check that directories are directories and files are files.`;
    default:
      return `${what} (${failure.code}${failure.path === null ? "" : `, ${failure.path}`}).`;
  }
}
