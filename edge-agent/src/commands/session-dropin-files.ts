// The drop-ins of sessions as files of a machine: which are to be written, which are there and declared no more, and how all are removed.
// Not pure. They stand in folders that belong to other people's units, and so `install` writes them only when it is told to.
import { glob, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Catalogue } from "@countersign/shared/host/catalogue";
import { DROPIN_NAME, sessionDropinsOf } from "../core/evidence/session-dropin.ts";
import { UNIT_DIR } from "../paths.ts";
import type { Print } from "./print.ts";
import type { Step } from "./step.ts";

/** What is to be done so that there are exactly the drop-ins which the catalogue declares. */
export async function sessionDropinSteps(
  catalogue: Catalogue,
  fileStep: (path: string, text: string, mode: number) => Step,
): Promise<readonly Step[]> {
  const declared = sessionDropinsOf(catalogue).map(({ path, text }) => ({
    path: join(UNIT_DIR, path),
    text,
  }));
  const left = (await foundDropins()).filter((path) => declared.every((dropin) => dropin.path !== path));
  return [
    ...declared.map(({ path, text }) => fileStep(path, text, 0o644)),
    ...left.map((path) => ({
      what: `remove ${path}, which the catalogue does not declare any more`,
      isDone: () => Promise.resolve(false),
      run: () => removeDropin(path),
    })),
  ];
}

/** Says what `install` leaves alone because nobody told it to. */
export async function tellSessionDropins(steps: readonly Step[], print: Print): Promise<void> {
  for (const { what, isDone } of steps)
    if ((await isDone?.()) !== true) print.line(`left       ${what} (say --session-dropins)`);
}

/** Removes all of them. */
export async function removeSessionDropins(print: Print): Promise<void> {
  for (const path of await foundDropins()) {
    await removeDropin(path);
    print.line(`removed ${path}`);
  }
}

async function foundDropins(): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const path of glob(join(UNIT_DIR, "*.service.d", DROPIN_NAME))) found.push(path);
  return found;
}

async function removeDropin(path: string): Promise<void> {
  await rm(path);
  // Kept while others have lines in it.
  await rmdir(dirname(path)).catch(() => {});
}
