// Runs a Nagios plugin as a child of this process: an exact argv of the catalogue, as the user that the agent runs as, in a
// plain environment. Where the agent is installed, systemd runs it instead (installed-plugin.ts). It leads a process group
// of its own, which is killed at the timeout, so that what it has started ends with it. Not pure.
import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { judgePlugin, type Observation, observationOfTimeout } from "../core/evidence/observation.ts";
import {
  type DeclaredPlugin,
  PLUGIN_DATA_BYTES_MAX,
  PLUGIN_ERRORS_BYTES_MAX,
  PLUGIN_PATH,
} from "../core/evidence/plugin-units.ts";
import { decodeWords } from "../core/evidence/plugin-words.ts";
import { systemFailureOf } from "../failure.ts";
import { keepBytes } from "./kept-bytes.ts";

/** Runs the plugin of one check once. Never rejects. */
export type CheckPlugin = (plugin: DeclaredPlugin) => Promise<Observation>;

/** As much of its output is kept; the rest is read and forgotten. */
export const PLUGIN_OUTPUT_BYTES_MAX = 64 * 1024;
/** A plugin that writes more than this is ended: reading it would cost the agent more than it can tell. */
export const PLUGIN_FLOOD_BYTES_MIN = 16 * 1024 * 1024;

/** How long what was written before the exit may take to arrive. */
const PIPE_GRACE_MS = 200;
const PRLIMIT = "/usr/bin/prlimit";

/** The finding of a run that wrote beyond all measure. */
export const OBSERVATION_OF_FLOOD: Observation = {
  status: "fail",
  summary: `ended because it wrote more than ${PLUGIN_FLOOD_BYTES_MIN / 1024 / 1024} MB`,
  latencyMs: null,
  class: "other",
};

/** Runs it as a child, with the limits that a process can give itself. */
export const spawnPlugin: CheckPlugin = async ({ check }) => {
  const [program = ""] = check.argv;
  try {
    await access(program, constants.X_OK);
  } catch (error) {
    return observationOfNoStart(error);
  }
  const limits = [`--data=${PLUGIN_DATA_BYTES_MAX}`, "--core=0"];
  const argv = (await isThere(PRLIMIT)) ? [PRLIMIT, ...limits, ...check.argv] : check.argv;
  return await runChild(argv, check.timeout);
};

function runChild([program = "", ...args]: readonly string[], timeoutMs: number): Promise<Observation> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(program, args, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: PLUGIN_PATH, LC_ALL: "C" },
    });
    const output = keepBytes(PLUGIN_OUTPUT_BYTES_MAX);
    const errors = keepBytes(PLUGIN_ERRORS_BYTES_MAX);
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended already, and all of its group.
      }
    };
    // Decides at once what is found, and is told when it has ended.
    let cutOff: Observation | null = null;
    const cut = (observation: Observation) => {
      cutOff ??= observation;
      killGroup();
    };
    const timer = setTimeout(cut, timeoutMs, observationOfTimeout(timeoutMs));
    const end = (observation: Observation) => {
      clearTimeout(timer);
      killGroup();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(observation);
    };
    for (const [stream, kept] of [[child.stdout, output] as const, [child.stderr, errors] as const])
      stream.on("data", (chunk: Buffer) => {
        kept.take(chunk);
        if (kept.byteCount() > PLUGIN_FLOOD_BYTES_MIN) cut(OBSERVATION_OF_FLOOD);
      });
    child.on("error", (error) => end(observationOfNoStart(error)));
    const judge = (code: number | null, signal: string | null) => {
      const words = { output: decodeWords(output.head()), errors: decodeWords(errors.head()) };
      end(cutOff ?? judgePlugin({ code, signal, ...words, latencyMs: performance.now() - startedAt }));
    };
    child.on("close", judge);
    // A child of its own that keeps the pipe open must not hold the verdict back.
    child.on("exit", (code, signal) => setTimeout(judge, PIPE_GRACE_MS, code, signal));
  });
}

function observationOfNoStart(error: unknown): Observation {
  const code = systemFailureOf(error)?.code ?? String(error);
  return { status: "fail", summary: `could not be run (${code})`, latencyMs: null, class: "other" };
}

function isThere(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
