// Reads the shape of an incident file, and finds all that is wrong with it at once. Pure. What a reader would get wrong: where the shape of some
// events or expectations is wrong, the rest of the file is still looked at, so that nobody mends one mistake to be told of the next.
import type * as z from "zod";
import { countProblems, type FoundProblem, problemsOf } from "@countersign/shared/files/file-problem";
import { foreignKeys } from "./foreign-keys.ts";
import { IncidentFormat } from "./incident-format.ts";

/** The lists whose entries are looked at one by one. */
const LISTS = ["events", "expect"] as const;
type List = (typeof LISTS)[number];

export interface ReadShape {
  /** what can be looked at further; null: too much is wrong */
  readonly file: IncidentFormat | null;
  readonly problems: readonly FoundProblem[];
  /** how many there are in all: not each of them is worded */
  readonly problemCount: number;
  /** where the entries of `file` stand in the text */
  readonly indexes: Readonly<Record<List, readonly number[]>>;
}

/** Reads it. */
export function readShape(written: unknown): ReadShape {
  const foreign = foreignKeys(written);
  const parsed = IncidentFormat.safeParse(written);
  if (parsed.success)
    return { file: parsed.data, problems: foreign, problemCount: foreign.length, ...whole(parsed.data) };
  const issues = withoutEchoes(parsed.error.issues);
  const found = problemsOf(IncidentFormat, written, { issues });
  const problems = [...found, ...foreign];
  const problemCount = countProblems({ issues }) + foreign.length;
  return { problems, problemCount, ...withoutWrong(written, issues) };
}

type Issues = z.ZodError["issues"];

// Where the word itself is mistyped, that the entry has no word is no second mistake.
function withoutEchoes(issues: Issues): Issues {
  const mistyped = new Set(
    issues.flatMap(({ code, path }) => (code === "unrecognized_keys" ? [path.map(String).join(" ")] : [])),
  );
  return issues.filter(({ code, path }) => code !== "custom" || !mistyped.has(path.map(String).join(" ")));
}

function whole(file: IncidentFormat): Pick<ReadShape, "indexes"> {
  return { indexes: { events: [...file.events.keys()], expect: [...file.expect.keys()] } };
}

// Unknown keys are taken out, and then each entry that is wrong in another way.
function withoutWrong(written: unknown, issues: Issues): Pick<ReadShape, "file" | "indexes"> {
  const copy: unknown = structuredClone(written);
  for (const issue of issues) if (issue.code === "unrecognized_keys") takeOut(copy, issue.path, issue.keys);
  const again = IncidentFormat.safeParse(copy);
  if (again.success) return { file: again.data, ...whole(again.data) };
  const wrong = new Set(again.error.issues.map(({ path }) => placeOf(path)));
  const right = { ...(copy as Record<string, unknown>) };
  const indexes: Record<List, readonly number[]> = { events: [], expect: [] };
  for (const list of LISTS) {
    const entries: unknown = right[list];
    if (!Array.isArray(entries)) continue;
    indexes[list] = [...entries.keys()].filter((index) => !wrong.has(placeOf([list, index])));
    right[list] = indexes[list].map((index): unknown => entries[index]);
  }
  const rest = IncidentFormat.safeParse(right);
  return { file: rest.success ? rest.data : null, indexes };
}

function placeOf(path: readonly PropertyKey[]): string {
  return path.slice(0, 2).map(String).join(" ");
}

function takeOut(from: unknown, path: readonly PropertyKey[], keys: readonly string[]): void {
  const inner = path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    from,
  );
  if (typeof inner === "object" && inner !== null) for (const key of keys) Reflect.deleteProperty(inner, key);
}
