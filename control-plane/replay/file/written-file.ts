// Reads a file for the command line: never more of it than a person would write, whatever its size. The size is asked of the open
// file, because a path could lead elsewhere a moment later; parsing and its bounds are shared/src/files/yaml-file.ts.
import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { type FileProblem, formatFileProblem } from "@countersign/shared/files/file-problem";
import { readYaml, type YamlText } from "@countersign/shared/files/yaml-file";
import { YAML_FILE_BYTES_MAX } from "@countersign/shared/values/limits";
import { ok, refuse, type Result } from "@countersign/shared/values/result";

const TOO_LARGE = `the file is too large: at most ${YAML_FILE_BYTES_MAX / 1_024} KiB`;
/** A pipe that somebody holds open may be slow (a download); one that nobody writes to is as good as none. */
const PIPE_QUIET_MAX_MS = 10_000;
const PIPE_UNUSED_MAX_MS = 800;
const PIPE_LOOK_EVERY_MS = 10;
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Everything that is wrong with one file. */
export interface WrittenRefusal {
  readonly reason: "file-wrong";
  readonly file: string;
  readonly problems: readonly FileProblem[];
}

/** Reads and parses a file. */
export function readWrittenFile(file: string): Result<YamlText, WrittenRefusal> {
  const text = readBounded(file);
  return text.ok ? parseWritten(file, text.value) : text;
}

/** Parses a text; `file` is for the words only. */
export function parseWritten(file: string, text: string): Result<YamlText, WrittenRefusal> {
  const yaml = readYaml(text);
  return yaml.ok ? yaml : refuse({ reason: "file-wrong", file, problems: yaml.error.problems });
}

/** What is wrong, line by line, as compilers write it. */
export function refusalText({ file, problems }: WrittenRefusal): string {
  return problems.map((problem) => formatFileProblem(file, problem)).join("\n");
}

/** Reads the text of a file, bounded in size and, where it is a pipe, in time. */
export function readBounded(file: string): Result<string, WrittenRefusal> {
  let descriptor: number | null = null;
  try {
    // without O_NONBLOCK the mere opening of a pipe that nobody writes to never ends
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return refuseFile(file, "this is a folder: name the files in it");
    if (stat.size > YAML_FILE_BYTES_MAX) return refuseFile(file, TOO_LARGE);
    return textOf(file, readUpTo(descriptor, { bytesMax: YAML_FILE_BYTES_MAX + 1, isFile: stat.isFile() }));
  } catch (error) {
    return refuseFile(file, wordsFor(error));
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function textOf(file: string, bytes: Uint8Array): Result<string, WrittenRefusal> {
  if (bytes.length > YAML_FILE_BYTES_MAX) return refuseFile(file, TOO_LARGE);
  try {
    return ok(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    const line = lineOfBadByte(bytes);
    return refuseFile(file, "this is not UTF-8 text: save it as UTF-8", line);
  }
}

// A line that ends is decodable by itself: in UTF-8 no other character contains the byte of a line feed.
function lineOfBadByte(bytes: Uint8Array): number {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  const index = lines.findIndex((line: string) => !isUtf8(Buffer.from(line, "latin1")));
  return Math.max(0, index) + 1;
}

// A pipe has no size, a file may grow while it is read, and a pipe that brings nothing is not waited for.
function readUpTo(
  descriptor: number,
  { bytesMax, isFile }: { readonly bytesMax: number; readonly isFile: boolean },
): Uint8Array {
  const bytes = Buffer.alloc(bytesMax);
  let length = 0;
  let quietSinceAt = performance.now();
  while (length < bytesMax) {
    const read = readSome(descriptor, bytes.subarray(length));
    const isEnd = read === 0 && (isFile || length > 0);
    if (isEnd) break;
    if (read > 0) {
      length += read;
      quietSinceAt = performance.now();
      continue;
    }
    if (performance.now() - quietSinceAt > (read === 0 ? PIPE_UNUSED_MAX_MS : PIPE_QUIET_MAX_MS))
      throw new Error("nothing came through this pipe");
    Atomics.wait(NEVER, 0, 0, PIPE_LOOK_EVERY_MS);
  }
  return bytes.subarray(0, length);
}

/** Bytes read; 0: the end, or nobody writes yet; -1: nothing to read just now. */
function readSome(descriptor: number, into: Uint8Array): number {
  try {
    return readSync(descriptor, into, 0, into.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") return -1;
    throw error;
  }
}

function wordsFor(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  return code === undefined ? message : `it cannot be read (${code})`;
}

function refuseFile(file: string, message: string, line = 1): Result<never, WrittenRefusal> {
  return refuse({ reason: "file-wrong", file, problems: [{ path: "", line, column: 1, message }] });
}
