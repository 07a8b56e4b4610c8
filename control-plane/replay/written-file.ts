// Reads a file for the command line: never more of it than a person would write, whatever its size. The size is asked of the open
// file, because a path could lead elsewhere a moment later; parsing and its bounds are shared/src/yaml-file.ts.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileProblem, formatFileProblem } from "@countersign/shared/file-problem";
import { YAML_FILE_BYTES_MAX } from "@countersign/shared/limits";
import { ok, refuse, type Result } from "@countersign/shared/result";
import { readYaml, type YamlText } from "@countersign/shared/yaml-file";

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

/** Reads the text of a file, bounded. */
export function readBounded(file: string): Result<string, WrittenRefusal> {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuseFile(file, code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`);
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return refuseFile(file, "this is a folder: name the files in it");
    if (stat.size > YAML_FILE_BYTES_MAX)
      return refuseFile(file, `the file is too large: at most ${YAML_FILE_BYTES_MAX / 1_024} KiB`);
    return ok(readUpTo(descriptor, YAML_FILE_BYTES_MAX + 1));
  } finally {
    closeSync(descriptor);
  }
}

// A pipe has no size, and a file may grow while it is read.
function readUpTo(descriptor: number, bytesMax: number): string {
  const bytes = Buffer.alloc(bytesMax);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytesMax; length += read)
    read = readSync(descriptor, bytes, length, bytesMax - length, null);
  return bytes.toString("utf8", 0, length);
}

function refuseFile(file: string, message: string): Result<never, WrittenRefusal> {
  return refuse({ reason: "file-wrong", file, problems: [{ path: "", line: 1, column: 1, message }] });
}
