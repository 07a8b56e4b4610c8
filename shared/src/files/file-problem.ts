// What is wrong in a file that a person wrote, in words: where, what was expected, what was found, and the nearest known key. Pure.
// A zod issue says what its schema missed; a person wants to know what to type. Values are quoted short: a file may hold anything.
import type { z } from "zod";
import { expectedKeysAt, nearestOf } from "../values/expected-keys.ts";
import { visibleText } from "../values/visible-text.ts";

/** One thing to mend. `path` is as a person would write it, such as `responders[0].id`; empty for the file itself. */
export interface FileProblem {
  readonly path: string;
  /** both counted from 1 */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A problem before its place in the text was looked up; `isKey`: the key is wrong, not its value. */
export interface FoundProblem {
  readonly path: readonly PropertyKey[];
  readonly isKey: boolean;
  readonly message: string;
}

/** More than a person would mend in one go. */
export const PROBLEMS_MAX = 20;
const CANDIDATES_MAX = 10 * PROBLEMS_MAX;
const MESSAGE_CHARS_MAX = 400;
const QUOTED_CHARS_MAX = 60;
const KEYS_NAMED_MAX = 16;

/** `FILE:LINE:COLUMN: path: message`, as compilers write it, so that editors can jump there. */
export function formatFileProblem(file: string, problem: FileProblem): string {
  const place = `${file}:${problem.line}:${problem.column}`;
  const path = problem.path === "" ? "" : `${problem.path}: `;
  return visibleText(`${place}: ${path}${problem.message}`);
}

/** Writes a path as a person would: `responders[0].id`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}

/** Words the issues of a failed parse, the first PROBLEMS_MAX of them. */
export function problemsOf(
  schema: z.ZodType,
  value: unknown,
  error: Pick<z.ZodError, "issues">,
): readonly FoundProblem[] {
  return candidatesOf(schema, value, error).slice(0, PROBLEMS_MAX);
}

/** Words more of them than a person is told: the first of a text are not those that a schema finds first. */
export function candidatesOf(
  schema: z.ZodType,
  value: unknown,
  error: Pick<z.ZodError, "issues">,
): readonly FoundProblem[] {
  return error.issues
    .slice(0, CANDIDATES_MAX)
    .flatMap((issue) => problemsOfIssue(schema, value, issue))
    .slice(0, CANDIDATES_MAX)
    .map((problem) => ({ ...problem, message: shorten(problem.message, MESSAGE_CHARS_MAX) }));
}

/** How many problems a failed parse has; each unknown key is one. */
export function countProblems({ issues }: Pick<z.ZodError, "issues">): number {
  return issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
}

type Issue = z.core.$ZodIssue;

function problemsOfIssue(schema: z.ZodType, value: unknown, issue: Issue): readonly FoundProblem[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: [...path, key],
      isKey: true,
      message: unknownKey(key, expectedKeysAt(schema, path, value)),
    }));
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const words = fixedWordsOf(issue.errors);
    if (words !== null) {
      const found = valueAt(value, path);
      return [{ path, isKey: false, message: expectedOneOf(words, found, gotOf(found)) }];
    }
    const [inner] = nearestBranch(issue.errors);
    if (inner !== undefined)
      return problemsOfIssue(schema, value, { ...inner, path: [...path, ...inner.path] });
  }
  return [{ path, isKey: issue.code === "invalid_key", message: wordIssue(issue, valueAt(value, path)) }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestOf(key, known);
  if (nearest !== null) return `unknown key, did you mean "${nearest}"?`;
  if (known.length === 0 || known.length > KEYS_NAMED_MAX) return "unknown key: remove it";
  return `unknown key; known here: ${known.join(", ")}`;
}

// The branch that came farthest is the one that was meant.
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depthOf = (issues: readonly Issue[]) => Math.max(0, ...issues.map(({ path }) => path.length));
  return branches.reduce((best, branch) => (depthOf(branch) > depthOf(best) ? branch : best));
}

/** What may be written where every branch is one fixed value, such as the levels; null: it is another union. */
function fixedWordsOf(branches: readonly (readonly Issue[])[]): readonly string[] | null {
  const words = branches.map(([only, ...others]) =>
    only?.code === "invalid_value" && only.path.length === 0 && others.length === 0
      ? only.values.map(String)
      : null,
  );
  return words.every((values) => values !== null) ? words.flat() : null;
}

function gotOf(found: unknown): string {
  return found === undefined ? "but it is missing" : `got ${quote(found)}`;
}

function wordIssue(issue: Issue, found: unknown): string {
  const got = gotOf(found);
  switch (issue.code) {
    case "invalid_type":
      if (!issue.message.startsWith("Invalid ")) return `${issue.message}, ${got}`;
      return `expected ${nounOf(issue.expected)}, ${got}`;
    case "invalid_value":
      return expectedOneOf(issue.values.map(String), found, got);
    case "invalid_union":
      return "options" in issue && issue.options !== undefined
        ? expectedOneOf(issue.options.map(String), found, got)
        : `${issue.message}, ${got}`;
    case "too_small":
      return `expected ${boundOf(issue.origin, `at least ${issue.minimum}`)}, ${got}`;
    case "too_big":
      return `expected ${boundOf(issue.origin, `at most ${issue.maximum}`)}, ${got}`;
    case "invalid_format":
      return issue.message.startsWith("Invalid ") ? `expected ${formatOf(issue)}, ${got}` : issue.message;
    case "invalid_key":
      return issue.issues[0]?.message ?? "this name cannot be used";
    case "unrecognized_keys":
    case "not_multiple_of":
    case "invalid_element":
    case "custom":
      return issue.message;
  }
}

function expectedOneOf(values: readonly string[], found: unknown, got: string): string {
  const nearest = typeof found === "string" ? nearestOf(found, values) : null;
  const hint = nearest === null ? "" : `: did you mean "${nearest}"?`;
  if (values.length > KEYS_NAMED_MAX) {
    const some = values.slice(0, KEYS_NAMED_MAX).join(", ");
    const named = nearest === null ? `${some} and ${values.length - KEYS_NAMED_MAX} more` : "the known names";
    return `expected one of ${named}, ${got}${hint}`;
  }
  return `expected ${values.length === 1 ? "" : "one of "}${values.join(", ")}, ${got}${hint}`;
}

function nounOf(type: string): string {
  switch (type) {
    case "string":
      return "text";
    case "object":
    case "record":
      return "keys with values";
    case "array":
      return "a list";
    case "int":
      return "a whole number";
    case "boolean":
      return "true or false";
    default:
      return `a ${type}`;
  }
}

function boundOf(origin: string, bound: string): string {
  switch (origin) {
    case "string":
      return `${bound} characters`;
    case "array":
    case "set":
      return `${bound} items`;
    default:
      return bound;
  }
}

function formatOf(issue: Extract<Issue, { code: "invalid_format" }>): string {
  return issue.format === "regex"
    ? `text that matches ${issue.pattern ?? "its pattern"}`
    : `a ${issue.format}`;
}

function quote(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "keys with values";
  if (typeof value === "number" && !Number.isFinite(value)) return "no finite number";
  const text = JSON.stringify(value) ?? "something else";
  return shorten(text, QUOTED_CHARS_MAX);
}

function shorten(text: string, charsMax: number): string {
  return text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<PropertyKey, unknown>)[key]
        : undefined,
    value,
  );
}
