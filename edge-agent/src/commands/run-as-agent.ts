// `countersign-agent run` as it is started for good: the same as by main.ts, without the parser of all commands. Not pure.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { visibleLines } from "@countersign/shared/values/visible-text";
import { describeFailure, EXIT } from "../failure.ts";
import { loadCatalogueByChild } from "../files/catalogue-by-child.ts";
import { pathsOf } from "../paths.ts";
import { type LoadCatalogue, runAgent } from "./run.ts";

const OPTIONS = {
  "config-dir": { type: "string" },
  "state-dir": { type: "string" },
  socket: { type: "string" },
} as const;

/**
 * Runs the agent to its end, which ends the process; false: these arguments are not only its paths. `whole`: the program that can read a catalogue;
 * `loadHere`: how it is read where that one cannot be started.
 */
export async function runAsAgent(
  args: readonly string[],
  whole: string,
  loadHere: LoadCatalogue,
): Promise<boolean> {
  const flags = flagsIn(args);
  if (flags === null) return false;
  process.on("unhandledRejection", fail);
  process.on("uncaughtException", fail);
  const [configDir, stateDir, socket] = [flags["config-dir"], flags["state-dir"], flags.socket].map((path) =>
    path === undefined ? undefined : resolve(path),
  );
  const program = [process.execPath, ...process.execArgv, whole] as const;
  const loadCatalogue: LoadCatalogue = async (path, mode) =>
    (await loadCatalogueByChild(path, mode, program)) ?? (await loadHere(path, mode));
  const ended = await runAgent(pathsOf({ configDir, stateDir, socket }), {
    loadCatalogue,
    self: program,
  }).catch(fail);
  if (!ended.ok) say(ended.error.sentence);
  // Checks that hang must not keep a stopped agent alive.
  return process.exit(ended.ok ? EXIT.ok : EXIT.configuration);
}

function flagsIn(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch {
    return null;
  }
}

function fail(error: unknown): never {
  say(describeFailure(error));
  if (process.env["COUNTERSIGN_DEBUG"] === "1") say(String(error instanceof Error ? error.stack : error));
  return process.exit(EXIT.failed);
}

function say(sentence: string): void {
  process.stderr.write(`${visibleLines(`countersign-agent: ${sentence}`)}\n`);
}
