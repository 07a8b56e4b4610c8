// Loads the host's catalogue. All that is wrong with it is told with line and column; who starts or installs is told the first of it in
// one sentence, and how many more there are.
import { type FileProblem, PROBLEMS_MAX } from "@countersign/shared/files/file-problem";
import { inTextOrder, parseYamlFile, readYaml } from "@countersign/shared/files/yaml-file";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { visibleText } from "@countersign/shared/values/visible-text";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { hiddenPathsOf } from "../core/evidence/hidden-paths.ts";
import { type Mode, readOwnedFile } from "./read-owned-file.ts";

/** Why a catalogue is not taken. */
export interface CatalogueRefusal extends CommandRefusal {
  /** what is wrong in the text, in its order; empty where the file itself may not be read */
  readonly problems: readonly FileProblem[];
  /** how many more there are */
  readonly leftCount: number;
}

/** Reads and checks the catalogue at `path`. */
export async function loadCatalogue(path: string, mode: Mode): Promise<Result<Catalogue, CatalogueRefusal>> {
  return load(path, mode, parseCatalogue);
}

/**
 * The same for a catalogue that is to be installed: a path that an installed agent cannot see is refused too. An agent that
 * runs takes such a catalogue, and tells what it cannot read: it would fall silent otherwise.
 */
export async function loadInstallable(
  path: string,
  mode: Mode,
): Promise<Result<Catalogue, CatalogueRefusal>> {
  return load(path, mode, parseInstallable);
}

async function load(
  path: string,
  mode: Mode,
  parse: (text: string, path: string) => Result<Catalogue, CatalogueRefusal>,
): Promise<Result<Catalogue, CatalogueRefusal>> {
  const text = await readOwnedFile(path, mode);
  return text.ok ? parse(text.value, path) : refuse({ ...text.error, problems: [], leftCount: 0 });
}

/** Checks a catalogue's text; `path` only names it. */
export function parseCatalogue(text: string, path: string): Result<Catalogue, CatalogueRefusal> {
  const yaml = readYaml(text);
  if (yaml.ok && (yaml.value.value ?? null) === null)
    return refuseText(path, { problems: [EMPTY], leftCount: 0 });
  const parsed = parseYamlFile(text, Catalogue);
  return parsed.ok ? parsed : refuseText(path, parsed.error);
}

/** The same, and each path that an installed agent cannot see is a mistake. */
export function parseInstallable(text: string, path: string): Result<Catalogue, CatalogueRefusal> {
  const catalogue = parseCatalogue(text, path);
  const yaml = readYaml(text);
  if (!catalogue.ok || !yaml.ok) return catalogue;
  const hidden = hiddenPathsOf(catalogue.value).map((found) =>
    yaml.value.problemAt({ path: found.at, isKey: false, message: `${found.path} is hidden: ${found.why}` }),
  );
  if (hidden.length === 0) return ok(catalogue.value);
  const problems = inTextOrder(hidden).slice(0, PROBLEMS_MAX);
  return refuseText(path, { problems, leftCount: hidden.length - problems.length });
}

const EMPTY: FileProblem = {
  path: "",
  line: 1,
  column: 1,
  message: "the catalogue is empty; `countersign-agent discover` proposes one",
};

function refuseText(
  file: string,
  { problems, leftCount }: Pick<CatalogueRefusal, "problems" | "leftCount">,
): Result<never, CatalogueRefusal> {
  return refuse({
    reason: "wrong-shape",
    sentence: sentenceOf(file, problems, leftCount),
    problems,
    leftCount,
  });
}

function sentenceOf(file: string, problems: readonly FileProblem[], leftCount: number): string {
  const [first] = problems;
  if (first === undefined) return `${file} has not the right shape.`;
  const path = first.path === "" ? "" : `${first.path}: `;
  const said = visibleText(`${file}, line ${first.line}, column ${first.column}: ${path}${first.message}`);
  const more = problems.length - 1 + leftCount;
  const end = /[.?]$/.test(said) ? said : `${said}.`;
  if (more === 0) return end;
  const are = more === 1 ? "There is one more" : `There are ${more} more`;
  return `${end} ${are}: run \`countersign-agent catalogue check ${file}\`.`;
}
