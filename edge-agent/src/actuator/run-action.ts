// Runs one exact argv: no shell, a minimal environment, closed stdin, bounded output, bounded time. Never throws for what the
// command does; the reason why it ended is a value.
import { execa } from "execa";

/** Output kept of a command, for its outcome's detail. */
const OUTPUT_CHARS_MAX = 4_096;

export interface RunEnd {
  readonly how: "exited" | "not-started" | "timed-out";
  /** null unless it exited by itself */
  readonly exitCode: number | null;
  /** the last of what it wrote, stderr before stdout */
  readonly output: string;
}

/** Runs argv to its end or to the time limit. A command that sudo started as root cannot be killed by us: it is then left. */
export async function runAction(argv: readonly string[], timeoutMs: number): Promise<RunEnd> {
  const [file = "", ...args] = argv;
  const child = execa(file, args, {
    shell: false,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" },
    extendEnv: false,
    cwd: "/",
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    buffer: false,
    reject: false,
    // A stop waits for what runs; execa's own cleanup would kill it, and then this process by the signal it got.
    cleanup: false,
  });
  const { nodeChildProcess } = child;
  const stderr = keepLast(child.stderr);
  const stdout = keepLast(child.stdout);
  // Not execa's own promise: it waits for the pipes, and a daemon that the command left behind may hold them for ever.
  const ended = new Promise<RunEnd["how"]>((resolve) => {
    nodeChildProcess.once("exit", () => resolve("exited"));
    nodeChildProcess.once("error", () => resolve("not-started"));
  });
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<"timed-out">((resolve) => {
    timer = setTimeout(() => resolve("timed-out"), timeoutMs);
  });
  const how = await Promise.race([ended, expired]);
  clearTimeout(timer);
  const { exitCode } = nodeChildProcess;
  if (how === "timed-out") child.kill("SIGKILL");
  // What the command wrote before it ended is in the pipe already: one turn of the loop reads it.
  else await new Promise((resolve) => setTimeout(resolve, 20));
  child.stdout.destroy();
  child.stderr.destroy();
  nodeChildProcess.unref();
  child.catch(() => undefined);
  return { how, exitCode: how === "exited" ? exitCode : null, output: `${stderr()} ${stdout()}`.trim() };
}

function keepLast(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_CHARS_MAX);
  });
  stream.on("error", () => undefined);
  return () => text.trim();
}
