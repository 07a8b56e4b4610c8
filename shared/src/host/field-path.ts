// The way to one field of a JSON text, as a person writes it in the catalogue: `claudeAiOauth.expiresAt`,
// `profiles["a@b.c"].expires`, `accounts[0].expiry`. Pure. What a reader would get wrong: it is no JSONPath and no jq: there
// is no `$`, no wildcard and no leading dot, and one path leads to one field. A name that stands bare holds no dot, bracket,
// quote or blank; any other one stands in brackets and quotes.
import { ok, refuse, type Result } from "../values/result.ts";

/** Characters of a path at most. */
export const FIELD_PATH_CHARS_MAX = 300;

/** What is wrong with a path, as a sentence for whoever wrote it. */
export interface PathRefusal {
  readonly reason: "path-malformed";
  readonly message: string;
}

/** The names of a path, from the outside in; a number is a place in a list. */
export type FieldPath = readonly (string | number)[];

const NAME = /[^.[\]"'\s]+/y;
const INDEX = /\[([0-9]{1,6})\]/y;
const QUOTED = /\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]/y;

/** Reads a path; the refusal says at which character it is none, counted from 1. */
export function parseFieldPath(text: string): Result<FieldPath, PathRefusal> {
  if (text === "") return malformed("a path names at least one field");
  if (text.length > FIELD_PATH_CHARS_MAX)
    return malformed(`a path has at most ${FIELD_PATH_CHARS_MAX} characters`);
  const path: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    const isAfterDot = path.length > 0 && text[at] === ".";
    const start = isAfterDot ? at + 1 : at;
    const step = (path.length === 0 || isAfterDot ? bareAt(text, start) : null) ?? bracketAt(text, start);
    if (step === null) return malformed(`${explain(text, start)} (character ${start + 1} of ${text})`);
    path.push(step.key);
    at = step.end;
  }
  return ok(path);
}

interface Step {
  readonly key: string | number;
  /** where the text goes on */
  readonly end: number;
}

function bareAt(text: string, at: number): Step | null {
  const [name] = matchAt(NAME, text, at) ?? [];
  // What tools with a language of paths would understand by these is no name of a field.
  if (name === undefined || name === "$" || name === "*") return null;
  return { key: name, end: at + name.length };
}

function bracketAt(text: string, at: number): Step | null {
  const index = matchAt(INDEX, text, at);
  if (index !== null) return { key: Number(index[1]), end: at + index[0].length };
  const quoted = matchAt(QUOTED, text, at);
  if (quoted === null) return null;
  const name = quoted[1] ?? quoted[2] ?? "";
  return { key: name.replaceAll(/\\(.)/g, "$1"), end: at + quoted[0].length };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function explain(text: string, at: number): string {
  const rest = text.slice(at);
  if (rest === "") return "a path does not end with a dot";
  if (rest.startsWith(".")) return "a path begins with a name, and a dot stands between two";
  if (rest.startsWith("$")) return "a path begins with the first name, without $";
  if (rest.startsWith("[")) {
    if (/^\[\s*(?:\*|\]|-)/.test(rest))
      return "one path leads to one field: a list takes one place, such as [0]";
    return 'expected a place in a list such as [0], or a name in quotes such as ["a@b.c"]';
  }
  if (rest.startsWith("*")) return "one path leads to one field: there is no *";
  if (/^["'\s]/.test(rest))
    return 'a name with a quote or a blank stands in brackets and quotes, such as ["a b"]';
  return "expected a dot or a bracket between two names";
}

function malformed(message: string): Result<never, PathRefusal> {
  return refuse({ reason: "path-malformed", message });
}

/** A path as it would be written. */
export function formatFieldPath(path: FieldPath): string {
  return path
    .map((key, index) => {
      if (typeof key === "number") return `[${key}]`;
      if (!/^[^.[\]"'\s]+$/.test(key) || key === "$" || key === "*") return `[${JSON.stringify(key)}]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}
