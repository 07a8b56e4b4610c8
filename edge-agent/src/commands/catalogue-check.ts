// `countersign-agent catalogue check FILE`: reads a catalogue as the agent and the actuator will, and shows the exact argument
// vectors that it lets run, or all that is wrong with it, as compilers write it. Changes nothing. Not pure.
import { resolve } from "node:path";
import { formatFileProblem } from "@countersign/shared/files/file-problem";
import { argvOf } from "@countersign/shared/host/action-argv";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { EXIT } from "../failure.ts";
import { type CatalogueRefusal, loadInstallable } from "../files/load-catalogue.ts";
import { type Print, terminal } from "./print.ts";

/** Checks one file; prints what it allows or what is wrong. Gives the exit code. */
export async function runCatalogueCheck(file: string, json: boolean, print: Print): Promise<number> {
  const path = resolve(file);
  const catalogue = await loadInstallable(path, "process");
  if (!catalogue.ok) {
    complain(path, catalogue.error, { json, print });
    return EXIT.failed;
  }
  const actions = actionsOf(catalogue.value);
  print.line(json ? JSON.stringify({ path, ok: true, actions }) : wordsOf(path, actions));
  return EXIT.ok;
}

function complain(
  path: string,
  { sentence, problems, leftCount }: CatalogueRefusal,
  { json, print }: { readonly json: boolean; readonly print: Print },
): void {
  // what is wrong with the file itself has no place in it
  if (problems.length === 0) print.error(sentence);
  else if (!json) {
    const left = leftCount === 0 ? [] : [`${path}: and ${leftCount} more`];
    // an editor jumps to what begins with the file's name
    terminal.error([...problems.map((problem) => formatFileProblem(path, problem)), ...left].join("\n"));
  }
  if (json) print.line(JSON.stringify({ path, ok: false, sentence, problems, leftCount }));
}

interface Action {
  readonly service: string;
  readonly action: string;
  readonly level: number;
  readonly argv: readonly string[];
}

function actionsOf(catalogue: Catalogue): Action[] {
  return catalogue.services.flatMap((service) =>
    service.actions.map((action) => ({
      service: service.name,
      action: action.name,
      level: action.level,
      argv: argvOf(service, action),
    })),
  );
}

function wordsOf(path: string, actions: readonly Action[]): string {
  const lines = actions.map(
    ({ service, action, level, argv }) => `  ${service} ${action} (level ${level}): ${argv.join(" ")}`,
  );
  const head = `${path} is valid; ${actions.length === 0 ? "it lets nothing run" : "it lets run"}`;
  return [head, ...lines].join("\n");
}
