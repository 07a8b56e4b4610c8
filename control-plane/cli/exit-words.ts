// What each command's help says of its exit code. The codes are the same everywhere; what they mean for a command is said by it.

/** The last lines of a command's help; `refused` null: it never ends with 1. */
export function endsWith(done: string, refused: string | null): string {
  const one = refused === null ? "" : `1 when ${refused}, `;
  return `\nEnds with 0 when ${done}, ${one}2 when the input is wrong.`;
}
