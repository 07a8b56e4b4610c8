// Runs one program to its end for the demo host, bounded in time, with its words in the error when it fails.
import { execa } from "execa";

const COMMAND_TIMEOUT_MS = 60_000;

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs argv; resolves whatever the exit code is. */
export async function tryCommand(argv: readonly string[], input = ""): Promise<CommandResult> {
  const [file = "", ...rest] = argv;
  const result = await execa(file, rest, {
    reject: false,
    input,
    timeout: COMMAND_TIMEOUT_MS,
    env: { LC_ALL: "C.UTF-8", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" },
  });
  const code = result.exitCode ?? (result.timedOut ? 124 : 127);
  return {
    code,
    stdout: result.stdout,
    stderr: result.stderr || (result.exitCode === undefined ? (result.shortMessage ?? "") : ""),
  };
}

/** Runs argv and gives its stdout; throws when it fails. */
export async function runCommand(argv: readonly string[], input = ""): Promise<string> {
  const { code, stdout, stderr } = await tryCommand(argv, input);
  if (code !== 0)
    throw new Error(`Run ${argv.join(" ")}: exit ${code}: ${(stderr || stdout).trim().slice(-800)}`);
  return stdout;
}
