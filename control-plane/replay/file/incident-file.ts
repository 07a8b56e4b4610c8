// Reads an incident file, or says all that is wrong with it, each with its line, before anything runs; nothing is ever ignored.
import { type FileProblem, type FoundProblem, PROBLEMS_MAX } from "@countersign/shared/files/file-problem";
import type { YamlText } from "@countersign/shared/files/yaml-file";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import { IncidentResolver } from "./incident-resolver.ts";
import type { Incident, ReadOptions } from "./planned-incident.ts";
import { readShape } from "./read-shape.ts";
import { parseWritten, readWrittenFile, type WrittenRefusal } from "./written-file.ts";

/** Reads and resolves a file. */
export function readIncident(file: string, options: ReadOptions = {}): Result<Incident, WrittenRefusal> {
  const yaml = readWrittenFile(file);
  return yaml.ok ? resolveIncident(file, yaml.value, options) : yaml;
}

/** Resolves a text; `file` is for the words only. */
export function parseIncident(
  file: string,
  text: string,
  options: ReadOptions = {},
): Result<Incident, WrittenRefusal> {
  const yaml = parseWritten(file, text);
  return yaml.ok ? resolveIncident(file, yaml.value, options) : yaml;
}

function resolveIncident(
  file: string,
  yaml: YamlText,
  options: ReadOptions,
): Result<Incident, WrittenRefusal> {
  const shape = readShape(yaml.value);
  const resolver =
    shape.file === null
      ? null
      : new IncidentResolver(
          { name: file, written: yaml.value, file: shape.file, ...shape.indexes },
          options,
        );
  const incident = resolver?.resolve();
  const further = resolver?.problems ?? [];
  const count = shape.problemCount + further.length;
  if (incident !== undefined && count === 0) return ok(incident);
  return refuse({
    reason: "file-wrong",
    file,
    problems: listed([...shape.problems, ...further], count, yaml),
  });
}

// In the order of the text; what is not listed is counted.
function listed(
  found: readonly FoundProblem[],
  count: number,
  { problemAt }: YamlText,
): readonly FileProblem[] {
  const shown = found
    .map(problemAt)
    .toSorted((left, right) => left.line - right.line || left.column - right.column)
    .slice(0, PROBLEMS_MAX);
  const last = shown.at(-1);
  if (last === undefined || count <= shown.length) return shown;
  return [...shown, { ...last, path: "", message: `and ${count - shown.length} more` }];
}
