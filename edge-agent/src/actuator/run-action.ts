// Runs one exact argv: no shell, a minimal environment, closed stdin, bounded output, bounded time. Never throws for what the
// command does; the reason why it ended is a value.
import { execa } from "execa";

/** Output kept of a command, for its outcome's detail. */
const OUTPUT_CHARS_MAX = 4_096;
/** What a command wrote is read for so long after its end: a daemon that it left behind may hold the pipes for ever. */
const DRAIN_MS = 100;

export interface RunEnd {
  readonly how: "exited" | "not-started" | "timed-out";
  /** null unless it exited by itself */
  readonly exitCode: number | null;
  /** the last of what it wrote, stderr before stdout */
  readonly output: string;
}

export interface BoundedRun extends Pick<RunEnd, "how" | "exitCode"> {
  /** the last of it */
  readonly stdout: string;
  readonly stderr: string;
  /** resolves when its process has ended, also when that was not waited for; never rejects */
  readonly ended: Promise<unknown>;
}

/** Runs argv to its end or to the time limit. A command that sudo started as root cannot be killed by us: it is then left. */
export async function runAction(argv: readonly string[], timeoutMs: number): Promise<RunEnd> {
  const { exitCode, how, stderr, stdout } = await runBounded(argv, {
    timeoutMs,
    outputCharsMax: OUTPUT_CHARS_MAX,
  });
  return { how, exitCode, output: `${stderr} ${stdout}`.trim() };
}

/** The same, with what it wrote to each of its two outputs. */
export async function runBounded(
  argv: readonly string[],
  { timeoutMs, outputCharsMax }: { readonly timeoutMs: number; readonly outputCharsMax: number },
): Promise<BoundedRun> {
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
  const stderr = keepLast(child.stderr, outputCharsMax);
  const stdout = keepLast(child.stdout, outputCharsMax);
  // Not execa's own promise: it waits for the pipes, and a daemon that the command left behind may hold them for ever.
  const ended = new Promise<RunEnd["how"]>((resolve) => {
    nodeChildProcess.once("exit", () => resolve("exited"));
    nodeChildProcess.once("error", () => resolve("not-started"));
  });
  const how = await Promise.race([ended, after(timeoutMs, "timed-out" as const)]);
  const { exitCode } = nodeChildProcess;
  if (how === "timed-out") child.kill("SIGKILL");
  else await Promise.race([Promise.all([stderr.ended, stdout.ended]), after(DRAIN_MS, null)]);
  child.stdout.destroy();
  child.stderr.destroy();
  nodeChildProcess.unref();
  child.catch(() => undefined);
  return {
    how,
    exitCode: how === "exited" ? exitCode : null,
    stdout: stdout.text(),
    stderr: stderr.text(),
    ended,
  };
}

/** Never keeps the process: what it bounds does. */
function after<T>(durationMs: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), durationMs).unref();
  });
}

interface Kept {
  readonly text: () => string;
  readonly ended: Promise<unknown>;
}

function keepLast(stream: NodeJS.ReadableStream, charsMax: number): Kept {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text = (text + chunk).slice(-charsMax);
  });
  const ended = new Promise<void>((resolve) => {
    stream.once("end", () => resolve());
    stream.once("error", () => resolve());
  });
  return { text: () => text.trim(), ended };
}
