// What each command's help ends with: an example, and what its exit code says. The codes are the same everywhere; what they mean for a command
// is said by it.

/** The last lines of a command's help; `refused` null: it never ends with 1. */
export function endsWith(done: string, refused: string | null): string {
  const one = refused === null ? "" : `1 when ${refused}, `;
  return `\nEnds with 0 when ${done}, ${one}2 when the input is wrong.`;
}

/** The same for a command that asks a control plane: with what is typed, after `countersign`. */
export function asksWith(example: string, done = "it was done", refused = "it was refused"): string {
  return `${endsWith(done, refused)}

Example:
  countersign ${example}

It asks the control plane at --url, or COUNTERSIGN_URL, with the token in --admin-token-file, or COUNTERSIGN_ADMIN_TOKEN_FILE.`;
}
