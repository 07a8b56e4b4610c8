// Runs a system tool of the host (useradd, visudo, sudo, systemctl) to its end or to its limit, in a plain environment.
// What a reader would get wrong: nobody waits for a tool's pipes. What it has left behind may hold them for ever, such as the transient unit by which
// `systemctl --machine=bob@.host` waits for a user's systemd: at the limit the tool is killed, its pipes are closed, and the answer is given.
import { type ChildProcess, spawn } from "node:child_process";

const TOOL_TIMEOUT_MS = 60_000;
/** What a tool wrote is read for so long after its end. */
const DRAIN_MS = 500;
/** What it wrote beyond that is not kept. */
const OUTPUT_CHARS_MAX = 4 * 1024 * 1024;

const ENVIRONMENT = {
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  LC_ALL: "C",
  SYSTEMD_PAGER: "",
  SYSTEMD_COLORS: "0",
};

export interface ToolEnd {
  readonly isDone: boolean;
  /** what it wrote, stdout first; where that is nothing and it did not succeed, why */
  readonly output: string;
}

/** Runs a tool; what it says and whether it succeeded is a value. */
export async function tryTool(argv: readonly string[], timeoutMs = TOOL_TIMEOUT_MS): Promise<ToolEnd> {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { env: ENVIRONMENT, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = [keep(child.stdout), keep(child.stderr)];
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const why = await endOf(child, timeoutMs);
  if (why === null) await within(closed, DRAIN_MS);
  else child.kill("SIGKILL");
  for (const stream of [child.stdout, child.stderr]) stream.destroy();
  child.unref();
  const written = [stdout(), stderr()].filter((text) => text !== "").join("\n");
  const isDone = why === null && child.exitCode === 0;
  if (why !== null) return { isDone, output: [why, written].filter((text) => text !== "").join(": ") };
  return { isDone, output: written === "" && !isDone ? `exit ${child.exitCode}` : written };
}

/** Runs a tool that must succeed. */
export async function runTool(argv: readonly string[]): Promise<string> {
  const { isDone, output } = await tryTool(argv);
  if (!isDone) throw new Error(`Run ${argv.join(" ")}: ${output.trim().slice(-600)}`);
  return output;
}

/** Null: it ended by itself; else why it did not. */
function endOf(child: ChildProcess, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`it did not end within ${timeoutMs} ms`), timeoutMs);
    const end = (why: string | null) => {
      clearTimeout(timer);
      resolve(why);
    };
    child.once("exit", (code, signal) => end(code === null ? `it was ended by ${signal}` : null));
    child.once("error", (error) => end(error.message));
  });
}

function within(promise: Promise<void>, durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, durationMs);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** What a stream has said, without the line's end, as people write a value down. */
function keep(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    if (text.length < OUTPUT_CHARS_MAX) text += chunk;
  });
  stream.on("error", () => undefined);
  return () => text.replace(/\r?\n$/, "");
}
