// `countersign-agent run` as it is started for good: the same as by main.ts, without the parser of all commands. Not pure.
import { EXIT } from "../failure.ts";
import { loadCatalogueByChild } from "../files/catalogue-by-child.ts";
import { failAlone, pathsIn, sayAlone } from "./alone.ts";
import { type LoadCatalogue, runAgent } from "./run.ts";

/**
 * Runs the agent to its end, which ends the process; false: these arguments are not only its paths. `whole`: the program that can read a catalogue;
 * `loadHere`: how it is read where that one cannot be started.
 */
export async function runAsAgent(
  args: readonly string[],
  whole: string,
  loadHere: LoadCatalogue,
): Promise<boolean> {
  const paths = pathsIn(args);
  if (paths === null) return false;
  const program = [process.execPath, ...process.execArgv, whole] as const;
  const loadCatalogue: LoadCatalogue = async (path, mode) =>
    (await loadCatalogueByChild(path, mode, program)) ?? (await loadHere(path, mode));
  const ended = await runAgent(paths, { loadCatalogue, self: program }).catch(failAlone);
  if (!ended.ok) sayAlone(ended.error.sentence);
  // Checks that hang must not keep a stopped agent alive.
  return process.exit(ended.ok ? EXIT.ok : EXIT.configuration);
}
