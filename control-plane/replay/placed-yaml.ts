// Reads a YAML file that a person wrote, with line and column for everything that is wrong with it. The size is looked at before the
// file is read, and aliases are counted before they are followed, so that no file can cost more than its own bytes.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { refuse, type Result } from "@countersign/shared/result";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

/** Largest file that is read. */
export const FILE_BYTES_MAX = 1024 * 1024;
/** Deepest nesting that is followed. */
const DEPTH_MAX = 64;
const ALIASES_MAX = 100;
const ISSUES_MAX = 20;

/** One thing that is wrong with a file, and where. */
export interface FileIssue {
  readonly line: number;
  readonly column: number;
  /** such as `events[3].check.status`; empty: the file itself */
  readonly path: string;
  readonly message: string;
}

export interface FileRefusal {
  readonly reason: "unreadable";
  readonly file: string;
  readonly issues: readonly FileIssue[];
}

/** A parsed document that can say where a path stands. */
export interface PlacedYaml {
  readonly file: string;
  readonly value: unknown;
  readonly issueAt: (path: readonly PropertyKey[], message: string) => FileIssue;
}

/** Reads and parses a file. */
export function readPlacedYaml(file: string): Result<PlacedYaml, FileRefusal> {
  const text = readBounded(file);
  return text.ok ? parsePlacedYaml(file, text.value) : text;
}

/** Parses a text; `file` is for the words only. */
export function parsePlacedYaml(file: string, text: string): Result<PlacedYaml, FileRefusal> {
  if (Buffer.byteLength(text) > FILE_BYTES_MAX)
    return refuseFile(file, `larger than ${FILE_BYTES_MAX} bytes`);
  if (depthOf(text) > DEPTH_MAX) return refuseFile(file, `nested deeper than ${DEPTH_MAX}`);
  const lines = new LineCounter();
  const document = parseQuietly(text, lines);
  if (document === null) return refuseFile(file, "nested too deeply to be followed");
  if (document.errors.length > 0) {
    const issues = document.errors
      .slice(0, ISSUES_MAX)
      .map(({ pos, message }) => ({ ...placeOf(lines, pos[0]), path: "", message: `not YAML: ${message}` }));
    return refuse({ reason: "unreadable", file, issues });
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    const issueAt = (path: readonly PropertyKey[], message: string) =>
      issueOf({ document, lines }, path, message);
    return { ok: true, value: { file, value, issueAt } };
  } catch (error) {
    return refuseFile(file, `aliases: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What a schema has to say, with places. */
export function issuesOf(yaml: PlacedYaml, error: z.ZodError): readonly FileIssue[] {
  return error.issues.slice(0, ISSUES_MAX).flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [yaml.issueAt(issue.path, issue.message)];
    return issue.keys.map((key) => yaml.issueAt([...issue.path, key], `unknown key "${key}"`));
  });
}

/** One line a person can act on. */
export function issueText(file: string, { line, column, path, message }: FileIssue): string {
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}

// The size is asked of the open file: a path could lead elsewhere a moment later.
function readBounded(file: string): Result<string, FileRefusal> {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    return refuseFile(
      file,
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(error),
    );
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() && !stat.isFIFO()) return refuseFile(file, "not a file");
    if (stat.size > FILE_BYTES_MAX)
      return refuseFile(file, `${stat.size} bytes; at most ${FILE_BYTES_MAX} are read`);
    const bytes = Buffer.alloc(FILE_BYTES_MAX + 1);
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0 || length > FILE_BYTES_MAX) break;
    }
    return { ok: true, value: bytes.toString("utf8", 0, length) };
  } finally {
    closeSync(descriptor);
  }
}

function refuseFile(file: string, message: string): Result<never, FileRefusal> {
  return refuse({ reason: "unreadable", file, issues: [{ line: 1, column: 1, path: "", message }] });
}

function parseQuietly(text: string, lineCounter: LineCounter): Document | null {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  } catch (error) {
    // The parser is recursive: what the depth bound let through can still exhaust the stack.
    if (error instanceof RangeError) return null;
    throw new Error("Parse YAML", { cause: error });
  }
}

// Brackets of flow style, and indentation of block style: a bound that costs one pass and no recursion.
function depthOf(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const character of text)
    if (character === "[" || character === "{") deepest = Math.max(deepest, ++open);
    else if (character === "]" || character === "}") open -= 1;
  for (const line of text.split("\n"))
    deepest = Math.max(deepest, Math.floor((/^[ ?:-]*/.exec(line)?.[0].length ?? 0) / 2));
  return deepest;
}

function placeOf(lines: LineCounter, offset: number): { readonly line: number; readonly column: number } {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** The place of the deepest part of the path that is there. */
function issueOf(
  source: { readonly document: Document; readonly lines: LineCounter },
  path: readonly PropertyKey[],
  message: string,
): FileIssue {
  let offset = 0;
  let node: unknown = source.document.contents;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key: name }) => isScalar(name) && String(name.value) === String(key));
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
      continue;
    }
    const child = source.document.contents === null || !isNode(node) ? undefined : childOf(node, key);
    if (child === undefined) break;
    node = child;
    if (isNode(node)) offset = node.range?.[0] ?? offset;
  }
  return { ...placeOf(source.lines, offset), path: pathText(path), message };
}

function childOf(node: object, key: PropertyKey): unknown {
  return "items" in node && Array.isArray(node.items) ? node.items[Number(key)] : undefined;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : `${text}${text === "" ? "" : "."}${String(key)}`,
    "",
  );
}
