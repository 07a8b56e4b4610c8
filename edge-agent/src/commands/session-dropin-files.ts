// The drop-ins of sessions as files of a machine: which are to be written, which are there and declared no more, and how all
// are removed. Not pure. They stand in folders that belong to other people's units, and so `install` writes them only when
// it is told to. What a person wrote by hand in the same place is theirs: only files that say that `install` made them are
// written anew or removed.
import { glob, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { DROPIN_NAME, sessionDropinsOf } from "../core/evidence/session-dropin.ts";
import { UNIT_DIR } from "../paths.ts";
import type { Print } from "./print.ts";
import type { Step } from "./step.ts";

/** The first line of each of them. */
const MADE_HERE = "# Made by `countersign-agent install`.\n";

/**
 * What is to be done so that there are exactly the drop-ins which the catalogue declares, and which files stand in the way
 * of that.
 */
export async function sessionDropinSteps(
  catalogue: Catalogue,
  fileStep: (path: string, text: string, mode: number) => Step,
  unitDir = UNIT_DIR,
): Promise<{ readonly steps: readonly Step[]; readonly foreign: readonly string[] }> {
  const declared = sessionDropinsOf(catalogue).map(({ path, text }) => ({ path: join(unitDir, path), text }));
  const steps: Step[] = [];
  const foreign: string[] = [];
  for (const { path, text } of declared) {
    const found = await readFile(path, "utf8").catch(() => null);
    if (found === null || isMadeHere(found)) steps.push(fileStep(path, `${MADE_HERE}${text}`, 0o644));
    else if (found !== text) foreign.push(path);
  }
  const left = (await foundDropins(unitDir)).filter((path) =>
    declared.every((dropin) => dropin.path !== path),
  );
  const removals = left.map((path) => ({
    what: `remove ${path}, which the catalogue does not declare any more`,
    isDone: () => Promise.resolve(false),
    run: () => removeDropin(path),
  }));
  return { steps: [...steps, ...removals], foreign };
}

/** Says which files are somebody else's, though the catalogue declares another text. */
export function tellForeignDropins(foreign: readonly string[], print: Print): void {
  for (const path of foreign)
    print.line(
      `left       ${path}: it is not what the catalogue declares, and install has not written it; remove it to have it made`,
    );
}

/** Says what `install` leaves alone because nobody told it to. */
export async function tellSessionDropins(steps: readonly Step[], print: Print): Promise<void> {
  for (const { what, isDone } of steps)
    if ((await isDone?.()) !== true) print.line(`left       ${what} (say --session-dropins)`);
}

/** Removes all that `install` wrote. */
export async function removeSessionDropins(print: Print, unitDir = UNIT_DIR): Promise<void> {
  for (const path of await foundDropins(unitDir)) {
    await removeDropin(path);
    print.line(`removed ${path}`);
  }
}

async function foundDropins(unitDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(join(unitDir, "*.service.d", DROPIN_NAME)))
    if (isMadeHere(await readFile(path, "utf8").catch(() => ""))) found.push(path);
  return found;
}

function isMadeHere(text: string): boolean {
  return text.startsWith(MADE_HERE);
}

async function removeDropin(path: string): Promise<void> {
  await rm(path);
  // Kept while others have lines in it.
  await rmdir(dirname(path)).catch(() => {});
}
