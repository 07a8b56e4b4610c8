// What agent and actuator need of a command line where each is a program of its own: their paths, and how a failure is said. Not pure.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { visibleLines } from "@countersign/shared/values/visible-text";
import { describeFailure, EXIT } from "../failure.ts";
import { type HostPaths, pathsOf } from "../paths.ts";

const OPTIONS = {
  "config-dir": { type: "string" },
  "state-dir": { type: "string" },
  socket: { type: "string" },
} as const;

/** The paths that these arguments name, and from then on a failure ends the process with a sentence; null: they are more than paths. */
export function pathsIn(args: readonly string[]): HostPaths | null {
  const flags = flagsIn(args);
  if (flags === null) return null;
  process.on("unhandledRejection", failAlone);
  process.on("uncaughtException", failAlone);
  const [configDir, stateDir, socket] = [flags["config-dir"], flags["state-dir"], flags.socket].map((path) =>
    path === undefined ? undefined : resolve(path),
  );
  return pathsOf({ configDir, stateDir, socket });
}

/** Ends the process. */
export function failAlone(error: unknown): never {
  sayAlone(describeFailure(error));
  if (process.env["COUNTERSIGN_DEBUG"] === "1")
    sayAlone(String(error instanceof Error ? error.stack : error));
  return process.exit(EXIT.failed);
}

/** To stderr; it may tell what a file says, and that must not steer the terminal. */
export function sayAlone(sentence: string): void {
  process.stderr.write(`${visibleLines(`countersign-agent: ${sentence}`)}\n`);
}

function flagsIn(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch {
    return null;
  }
}
