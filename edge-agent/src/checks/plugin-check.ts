// Runs a Nagios plugin: an exact argv of the catalogue, as the agent's own user, in a plain environment. It leads a process group of
// its own, which is killed at the timeout, so that what it has started ends with it. Not pure.
import { spawn } from "node:child_process";
import { judgePlugin, type Observation, observationOfTimeout } from "../core/evidence/observation.ts";
import { systemFailureOf } from "../failure.ts";

/** More than this of its output is not kept. */
export const PLUGIN_OUTPUT_CHARS_MAX = 4_096;

/** How long what was written before the exit may take to arrive. */
const PIPE_GRACE_MS = 200;

export interface PluginTarget {
  readonly argv: readonly string[];
  readonly timeoutMs: number;
}

/** Runs it once. Never rejects, and ends by its timeout as soon as the kernel lets the process go. */
export function checkPlugin({ argv, timeoutMs }: PluginTarget): Promise<Observation> {
  const [program = "", ...args] = argv;
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(program, args, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    });
    let output = "";
    let isTimedOut = false;
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended already, and all of its group.
      }
    };
    const timer = setTimeout(() => {
      isTimedOut = true;
      killGroup();
    }, timeoutMs);
    const end = (observation: Observation) => {
      clearTimeout(timer);
      killGroup();
      child.stdout.destroy();
      resolve(observation);
    };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (output.length < PLUGIN_OUTPUT_CHARS_MAX)
        output = (output + chunk).slice(0, PLUGIN_OUTPUT_CHARS_MAX);
    });
    child.on("error", (error) => {
      const code = systemFailureOf(error)?.code ?? error.message;
      end({ status: "fail", summary: `could not be run (${code})`, latencyMs: null, class: "other" });
    });
    const judge = (code: number | null) => {
      if (isTimedOut) end(observationOfTimeout(timeoutMs));
      else end(judgePlugin({ code, output, latencyMs: performance.now() - startedAt }));
    };
    child.on("close", judge);
    // A child of its own that keeps the pipe open must not hold the verdict back.
    child.on("exit", (code) => setTimeout(judge, PIPE_GRACE_MS, code));
  });
}
