// Reads a file that a person wrote (YAML or JSON) into a value of a schema, or says what is wrong with path, line and column. Pure.
// The text may be hostile: size, tokens, nesting, anchors and aliases are bounded before the parser sees it, because its own time
// grows faster than the text for some of them. What a reader would get wrong: the parser's check for repeated keys is quadratic, so
// it is turned off and done here.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import type { z } from "zod";
import {
  YAML_ALIASES_MAX,
  YAML_FILE_BYTES_MAX,
  YAML_NESTING_MAX,
  YAML_TOKENS_MAX,
} from "../values/limits.ts";
import { ok, refuse, type Result } from "../values/result.ts";
import { isLongerInUtf8 } from "../values/utf8.ts";
import {
  candidatesOf,
  countProblems,
  type FileProblem,
  type FoundProblem,
  formatPath,
  PROBLEMS_MAX,
} from "./file-problem.ts";
import {
  isRestOfText,
  MAYBE_REST_OF_TEXT,
  mayBeRestOfText,
  REST_OF_TEXT,
  syntaxHint,
} from "./unquoted-text.ts";

/** All that is wrong with a file, in the order of the text; at most PROBLEMS_MAX of it. */
export interface FileRefusal {
  readonly reason: "file-malformed";
  readonly problems: readonly FileProblem[];
  /** how many more there are */
  readonly leftCount: number;
}

const PARSER = { prettyErrors: false, uniqueKeys: false, logLevel: "error", version: "1.2" } as const;
const PROPERTIES_MAX = 1_000;
/** What YAML allows in no place (spec 1.2.2, 5.1), and the lexer takes for its own marks. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{7f}]/u;
/** The lexer's own marks, which are no part of the text; after the last of them a scalar's content follows. */
const SCALAR_FOLLOWS = "\u{1F}";
const LEXER_MARKS: ReadonlySet<string> = new Set(["\u{FEFF}", "\u{02}", "\u{18}", SCALAR_FOLLOWS]);

/** A text that is sound YAML: its plain value, and the place of any path in it. */
export interface YamlText {
  readonly value: unknown;
  readonly problemAt: (found: FoundProblem) => FileProblem;
}

/** Parses a file's text by a schema; never throws, whatever the text. */
export function parseYamlFile<T>(text: string, schema: z.ZodType<T>): Result<T, FileRefusal> {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const { value, problemAt } = yaml.value;
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const problems = candidatesOf(schema, value, parsed.error).map(problemAt);
  return refuseFile(inTextOrder(problems), countProblems(parsed.error));
}

/** Reads a text without a schema, within the same bounds. */
export function readYaml(text: string): Result<YamlText, FileRefusal> {
  const excess = findExcess(text);
  if (excess !== null) return refuseFile([excess]);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, ...PARSER });
    const problems = [...syntaxProblems(document, lines), ...wrongNames(document, lines)];
    if (problems.length > 0) return refuseFile(inTextOrder(problems));
    const value: unknown = document.toJS({ maxAliasCount: YAML_ALIASES_MAX });
    const problemAt = (found: FoundProblem): FileProblem => ({
      path: formatPath(found.path),
      ...placeOf(lines, offsetOf(document, found)),
      message: hintedAt(document, found),
    });
    return ok({ value, problemAt });
  } catch {
    // the parser's own stack, or its count of aliases
    const message = "nested too deeply, or too many aliases (`*name`): write the repeated parts out";
    return refuseFile([{ path: "", line: 1, column: 1, message }]);
  }
}

/** Problems as a person meets them. */
export function inTextOrder(problems: readonly FileProblem[]): readonly FileProblem[] {
  return problems.toSorted((left, right) => left.line - right.line || left.column - right.column);
}

function refuseFile(found: readonly FileProblem[], count: number = found.length): Result<never, FileRefusal> {
  const problems = found.slice(0, PROBLEMS_MAX);
  return refuse({ reason: "file-malformed", problems, leftCount: count - problems.length });
}

function syntaxProblems(document: Document, lines: LineCounter): readonly FileProblem[] {
  return [...document.errors, ...document.warnings].map(({ code, pos, message }) => ({
    path: "",
    ...placeOf(lines, pos[0]),
    message: withHint(`this is not valid YAML: ${message.split("\n", 1)[0] ?? ""}`, syntaxHint(code)),
  }));
}

// One pass of the lexer, which is linear and is left as soon as one bound is passed.
function findExcess(text: string): FileProblem | null {
  const at = (offset: number, message: string): FileProblem => {
    const before = text.slice(0, offset).split("\n");
    return { path: "", line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
  };
  if (isLongerInUtf8(text, YAML_FILE_BYTES_MAX))
    return at(0, `the file is too large: at most ${YAML_FILE_BYTES_MAX / 1_024} KiB`);
  const control = text.search(CONTROL);
  if (control >= 0) {
    const code = (text.codePointAt(control) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return at(control, `a control character (U+${code}): a text file has none`);
  }
  let [offset, tokens, nesting, properties] = [0, 0, 0, 0];
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    const first = isContent ? "" : (token[0] ?? "");
    isContent = token === SCALAR_FOLLOWS;
    if (LEXER_MARKS.has(token)) continue;
    if (first === "[" || first === "{") nesting += 1;
    if (first === "]" || first === "}") nesting -= 1;
    if (first === "&" || first === "!" || first === "?") properties += 1;
    tokens += 1;
    if (nesting < 0) return at(offset, `"${token}" closes nothing`);
    if (nesting > YAML_NESTING_MAX)
      return at(offset, `nested too deeply: at most ${YAML_NESTING_MAX} levels`);
    if (properties > PROPERTIES_MAX) return at(offset, "too many anchors, tags or explicit keys");
    if (tokens > YAML_TOKENS_MAX) return at(offset, `too many parts: at most ${YAML_TOKENS_MAX}`);
    offset += token.length;
  }
  return null;
}

function wrongNames(document: Document, lines: LineCounter): readonly FileProblem[] {
  const problems: FileProblem[] = [];
  const anchors = new Set<string>();
  visit(document, {
    // in the order of the text, so that an anchor is known before what repeats it
    Alias(_key, { source, range }) {
      const message = `there is no \`&${source}\` before this \`*${source}\``;
      if (!anchors.has(source)) problems.push({ path: "", ...placeOf(lines, range?.[0] ?? 0), message });
    },
    Value: (_key, { anchor }) => void anchors.add(anchor ?? ""),
    Map(_key, map) {
      anchors.add(map.anchor ?? "");
      const seen = new Map<unknown, number>();
      for (const { key } of map.items) {
        const name: unknown = isScalar(key) ? key.value : undefined;
        const offset = isNode(key) ? (key.range?.[0] ?? 0) : 0;
        const first = name === undefined ? undefined : seen.get(name);
        if (first === undefined) seen.set(name, offset);
        const message =
          // what reads it next would pass over it in silence
          name === "__proto__"
            ? "this key can name nothing"
            : first !== undefined && `this key is there twice, first in line ${lines.linePos(first).line}`;
        if (message !== false) problems.push({ path: String(name), ...placeOf(lines, offset), message });
      }
    },
  });
  return problems;
}

// The place of the deepest part of the path that the text has: what is missing is missed where it belongs.
function offsetOf(document: Document, { path, isKey }: FoundProblem): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const [index, part] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isAlias(node)) return offset;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(part),
      );
      if (pair === undefined) return offset;
      offset = isLast && !isKey && hasPlace(pair.value) ? startOf(pair.value) : startOf(pair.key);
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (!hasPlace(node)) return offset;
      offset = startOf(node);
    } else return offset;
  }
  return offset;
}

/** The message of a problem, with what to do where a key was hardly meant as one. */
function hintedAt(document: Document, { path, isKey, message }: FoundProblem): string {
  const [key, ...above] = path.toReversed();
  const map: unknown = key === undefined ? null : document.getIn(above.toReversed(), true);
  const pair = isMap(map)
    ? map.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
    : undefined;
  if (pair === undefined) return message;
  if (isRestOfText(map, pair)) return isKey ? REST_OF_TEXT : withHint(message, MAYBE_REST_OF_TEXT);
  return isKey && mayBeRestOfText(map, pair) ? withHint(message, MAYBE_REST_OF_TEXT) : message;
}

function withHint(message: string, hint: string | null): string {
  return hint === null ? message : `${message}; ${hint}`;
}

// A value that was left out ("key:" and nothing) has a place that is empty.
function hasPlace(node: unknown): node is Node {
  return isNode(node) && node.range !== undefined && node.range !== null && node.range[1] > node.range[0];
}

function startOf(node: unknown): number {
  if (isPair(node)) return startOf(node.key);
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

function placeOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
