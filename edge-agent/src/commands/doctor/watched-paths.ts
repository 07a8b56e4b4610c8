// The part of `doctor` that asks whether the agent can see what the catalogue tells it to watch: as its user, and through its own view of
// the disk, which its unit narrows. Reads only.
import { constants } from "node:fs";
import { access, lstat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ServiceSpec } from "@countersign/shared/host/catalogue";
import { hiddenPathsOf } from "../../core/evidence/hidden-paths.ts";
import { explainReading } from "../../evidence/reading-failure.ts";
import { editCatalogue, eachService, type Examiner, type Scene } from "./examiner.ts";
import { type Finding, well, wrong } from "./finding.ts";

interface Watched {
  readonly path: string;
  /** a marker, or a ledger before the first line: there may be nothing yet */
  readonly mayBeMissing: boolean;
  /** the content is read, and not only that there is a file */
  readonly isRead: boolean;
}

export const watchedPathsExaminer: Examiner = {
  name: "watched paths",
  eyes: "agent",
  isWatched: true,
  examine: (scene) => {
    // What its unit hides would look like what is missing, or like something else of that name.
    const hidden = new Map(
      scene.paths.mode === "system" ? hiddenPathsOf(scene.catalogue).map(({ path, why }) => [path, why]) : [],
    );
    return eachService(scene.catalogue, (service) =>
      Promise.all(watchedOf(service).map((item) => examineWatched(item, hidden.get(item.path), scene))),
    );
  },
};

function watchedOf({ evidence }: ServiceSpec): readonly Watched[] {
  if (evidence === undefined) return [];
  const { ledger, counters, credentials, code, config, fallbacks } = evidence;
  const present = (path: string, isRead: boolean): Watched => ({ path, isRead, mayBeMissing: false });
  const items = [
    ...(ledger === undefined ? [] : [{ path: ledger, isRead: true, mayBeMissing: true }]),
    ...counters.flatMap(({ file }) => (file === undefined ? [] : [present(file, true)])),
    ...credentials.map(({ path, expiry }) => present(path, expiry !== undefined)),
    ...[...code, ...config].map((path) => present(path, false)),
    ...fallbacks.map(({ marker }) => ({ path: marker, isRead: false, mayBeMissing: true })),
  ];
  return [...new Map(items.map((item) => [item.path, item])).values()];
}

async function examineWatched(
  { path, mayBeMissing, isRead }: Watched,
  hiddenWhy: string | undefined,
  { paths }: Scene,
): Promise<Finding> {
  const check = `evidence: ${path}`;
  if (hiddenWhy !== undefined) return wrong(check, `hidden: ${hiddenWhy}`, editCatalogue(paths));
  try {
    await lstat(path);
    if (isRead) await access(path, constants.R_OK);
    return well(check, "the agent sees it");
  } catch (error) {
    const failure = await explainReading(path, error);
    if (failure.kind === "denied") return wrong(check, "the agent may not read it", failure.remedy);
    if (failure.kind === "problem") return wrong(check, failure.text, editCatalogue(paths));
    if (mayBeMissing) return well(check, "not there now, which may be right");
    const folder = dirname(path);
    return wrong(
      check,
      `there is nothing in ${folder} of that name: correct the catalogue, or make it`,
      editCatalogue(paths),
    );
  }
}
