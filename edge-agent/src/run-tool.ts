// Runs a system tool of the host (useradd, visudo, sudo, systemctl) to its end, in a plain environment.
import { execa } from "execa";

const TOOL_TIMEOUT_MS = 60_000;

export interface ToolEnd {
  readonly isDone: boolean;
  /** what it wrote, stdout first */
  readonly output: string;
}

/** Runs a tool; what it says and whether it succeeded is a value. */
export async function tryTool(argv: readonly string[], timeoutMs = TOOL_TIMEOUT_MS): Promise<ToolEnd> {
  const [file = "", ...args] = argv;
  const { exitCode, stdout, stderr, shortMessage } = await execa(file, args, {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" },
    extendEnv: false,
    stdin: "ignore",
    timeout: timeoutMs,
    reject: false,
  });
  const written = [stdout, stderr].filter((text) => text !== "").join("\n");
  return { isDone: exitCode === 0, output: written === "" ? (shortMessage ?? "") : written };
}

/** Runs a tool that must succeed. */
export async function runTool(argv: readonly string[]): Promise<string> {
  const { isDone, output } = await tryTool(argv);
  if (!isDone) throw new Error(`Run ${argv.join(" ")}: ${output.trim().slice(-600)}`);
  return output;
}
