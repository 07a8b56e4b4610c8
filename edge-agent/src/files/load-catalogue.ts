// Loads the host's catalogue. Whatever is wrong with it is one sentence that names the file, the place and what to do.
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { Catalogue } from "@countersign/shared/host/catalogue";
import { ok, type Result } from "@countersign/shared/values/result";
import type { CommandRefusal } from "../core/command-refusal.ts";
import { hiddenPathsOf } from "../core/evidence/hidden-paths.ts";
import { type Mode, no, readOwnedFile } from "./read-owned-file.ts";

/** Aliases a catalogue may use; more is how a small file becomes gigabytes. */
export const YAML_ALIASES_MAX = 64;

/** Reads and checks the catalogue at `path`. */
export async function loadCatalogue(path: string, mode: Mode): Promise<Result<Catalogue, CommandRefusal>> {
  const text = await readOwnedFile(path, mode);
  return text.ok ? parseCatalogue(text.value, path) : text;
}

/**
 * The same for a catalogue that is to be installed: a path that an installed agent cannot see is refused too. An agent that
 * runs takes such a catalogue, and tells what it cannot read: it would fall silent otherwise.
 */
export async function loadInstallable(path: string, mode: Mode): Promise<Result<Catalogue, CommandRefusal>> {
  const text = await readOwnedFile(path, mode);
  if (!text.ok) return text;
  const catalogue = parseCatalogue(text.value, path);
  if (!catalogue.ok) return catalogue;
  const [hidden] = hiddenPathsOf(catalogue.value);
  if (hidden === undefined) return catalogue;
  const lineCounter = new LineCounter();
  const node = parseDocument(text.value, { lineCounter }).getIn(hidden.at, true);
  const { line, col } = lineCounter.linePos(
    (node as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0,
  );
  return no("hidden-path", `${path}: ${hidden.path} is hidden (line ${line}, column ${col}): ${hidden.why}.`);
}

/** Checks a catalogue's text; `path` only names it. */
export function parseCatalogue(text: string, path: string): Result<Catalogue, CommandRefusal> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const place = placeIn(lineCounter, error.pos[0]);
    return no("not-yaml", `${path} is not valid YAML in ${place}: ${error.message.split("\n", 1)[0]}.`);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: YAML_ALIASES_MAX });
  } catch (cause) {
    return no(
      "not-yaml",
      `${path} uses too many YAML aliases: write the repeated parts out. (${String(cause)})`,
    );
  }
  const parsed = Catalogue.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const problem = firstProblemOf(parsed.error);
  const node = document.getIn(problem.path, true) as { range?: readonly number[] } | undefined;
  const at = node?.range?.[0];
  const place = at === undefined ? "" : ` (${placeIn(lineCounter, at)})`;
  return no("wrong-shape", `${path}: ${problem.text}${place}.`);
}

function placeIn(lineCounter: LineCounter, offset: number): string {
  const { line, col } = lineCounter.linePos(offset);
  return `line ${line}, column ${col}`;
}

/** The first thing wrong, as `key: what to do`. */
export function firstProblemOf(error: z.ZodError): { readonly path: PropertyKey[]; readonly text: string } {
  const [issue] = error.issues;
  if (issue === undefined) return { path: [], text: "it has not the right shape" };
  const place = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("");
  const name = place === "" ? "the file" : `\`${place.replace(/^\./, "")}\``;
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const path = [...issue.path, key];
    const where = place === "" ? "at the top" : `in ${name}`;
    return { path, text: `there is an unknown key \`${key}\` ${where}: remove it or correct its spelling` };
  }
  return { path: [...issue.path], text: `${name}: ${issue.message}` };
}
