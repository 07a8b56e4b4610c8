// Runs one exact argv: no shell, a minimal environment, closed stdin, bounded output, bounded time. Never throws for what the
// command does; the reason why it ended is a value. Node's own spawn and not execa, which would be a third of what a person's yes waits for
// where the actuator is at rest (docs/benchmarks.md).
import { spawn } from "node:child_process";

/** Output kept of a command, for its outcome's detail. */
const OUTPUT_CHARS_MAX = 4_096;
/** What a command wrote is read for so long after its end: a daemon that it left behind may hold the pipes for ever. */
const DRAIN_MS = 500;

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

/** What sudo lists of an actuator is a line or two for each of its actions. */
const TOLD_CHARS_MAX = 1_048_576;
const TOLD_TIMEOUT_MS = 60_000;

/** Asks a tool that changes nothing; its output with stdout first. */
export async function askTool(
  argv: readonly string[],
): Promise<{ readonly isDone: boolean; readonly output: string }> {
  const limits = { timeoutMs: TOLD_TIMEOUT_MS, outputCharsMax: TOLD_CHARS_MAX };
  const { exitCode, how, stderr, stdout } = await runBounded(argv, limits);
  const written = [stdout, stderr].filter((text) => text !== "").join("\n");
  return {
    isDone: exitCode === 0,
    output: written === "" && how !== "exited" ? `${argv[0]}: ${how}` : written,
  };
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
  const child = start(argv);
  // Such as an argv that is too long.
  if (child === null)
    return { how: "not-started", exitCode: null, stdout: "", stderr: "", ended: Promise.resolve() };
  const stderr = keepLast(child.stderr, outputCharsMax);
  const stdout = keepLast(child.stdout, outputCharsMax);
  // Not when its pipes are closed: a daemon that the command left behind may hold them for ever.
  const ended = new Promise<RunEnd["how"]>((resolve) => {
    child.once("exit", () => resolve("exited"));
    // It also says that it could not be killed; then it has a number, and goes on.
    child.on("error", () => child.pid === undefined && resolve("not-started"));
  });
  const how = await Promise.race([ended, after(timeoutMs, "timed-out" as const)]);
  const { exitCode } = child;
  if (how === "timed-out") child.kill("SIGKILL");
  else await Promise.race([Promise.all([stderr.ended, stdout.ended]), after(DRAIN_MS, null)]);
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  return {
    how,
    exitCode: how === "exited" ? exitCode : null,
    stdout: stdout.text(),
    stderr: stderr.text(),
    ended,
  };
}

function start([file = "", ...args]: readonly string[]) {
  try {
    return spawn(file, args, {
      shell: false,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", TZ: "UTC" },
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch {
    return null;
  }
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
    stream.once("close", () => resolve());
  });
  return { text: () => text.trim(), ended };
}
