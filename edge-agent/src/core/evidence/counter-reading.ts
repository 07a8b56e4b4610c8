// What a work counter says now: the value of each of its series, or why that cannot be said. Pure. A reason travels as data;
// its words are made last, without a label's value of what was read.
// What a reader would get wrong: what may go down is no counter. Read as one, a queue's length would look like work each
// time it falls.
import type { Series } from "@countersign/shared/host/series-text";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { BrokenLine, Exposition, FamilyType, Sample } from "./exposition.ts";

/** The value of each series, by its labels. */
export type SeriesValues = ReadonlyMap<string, number>;

/** Why a counter cannot be read out of a text. */
export type CounterProblem =
  | { readonly reason: "empty" }
  /** no line of it is of the format */
  | { readonly reason: "no-metrics"; readonly line: number; readonly why: string }
  /** a line that is, or may be, the counter's is not of the format */
  | { readonly reason: "broken-line"; readonly line: number; readonly why: string }
  /** it is half written, or half sent; `line`: the last one, null: it lacks its `# EOF` */
  | { readonly reason: "cut-off"; readonly line: number | null }
  | { readonly reason: "no-counter"; readonly type: FamilyType; readonly askFor: string | null }
  /** `others`: series of the metric whose labels do not match */
  | {
      readonly reason: "no-series";
      readonly others: number;
      readonly isDeclared: boolean;
      readonly askFor: string | null;
      readonly broken: BrokenLine | null;
    }
  | { readonly reason: "no-count"; readonly line: number }
  | { readonly reason: "said-twice"; readonly line: number; readonly firstLine: number }
  | { readonly reason: "too-large" };

/** Endings of samples' names, with the families whose samples have them, and which of these can only grow. */
const ENDINGS: readonly {
  readonly ending: string;
  readonly types: readonly FamilyType[];
  readonly grows: boolean;
}[] = [
  { ending: "_total", types: ["counter"], grows: true },
  { ending: "_created", types: ["counter", "histogram", "summary"], grows: false },
  { ending: "_bucket", types: ["histogram"], grows: true },
  { ending: "_count", types: ["histogram", "summary"], grows: true },
  { ending: "_sum", types: ["histogram", "summary"], grows: true },
  { ending: "_bucket", types: ["gaugehistogram"], grows: false },
  { ending: "_gcount", types: ["gaugehistogram"], grows: false },
  { ending: "_gsum", types: ["gaugehistogram"], grows: false },
  { ending: "_info", types: ["info"], grows: false },
];
const GROWING: readonly FamilyType[] = ["counter", "untyped", "unknown"];

/** The series of one counter. */
export function readCounterIn(exposition: Exposition, wanted: Series): Result<SeriesValues, CounterProblem> {
  const { samples, broken, isCutOff } = exposition;
  if (isCutOff) return refuse({ reason: "cut-off", line: null });
  const problem = brokenProblem(exposition, wanted.name) ?? typeProblem(exposition, wanted.name);
  if (problem !== null) return refuse(problem);
  const named = samples.filter(({ series }) => series.name === wanted.name);
  const matching = named.filter(({ series }) => hasLabels(series, wanted));
  if (matching.length > 0) return valuesOf(matching);
  const [first] = broken;
  if (samples.length === 0 && exposition.types.size === 0)
    return refuse(
      first === undefined ? { reason: "empty" } : { reason: "no-metrics", line: first.line, why: first.text },
    );
  if (named.length === 0 && exposition.openLine !== null)
    return refuse({ reason: "cut-off", line: exposition.openLine });
  return refuse({
    reason: "no-series",
    others: named.length,
    isDeclared: familyOf(exposition, wanted.name) !== null,
    askFor: named.length > 0 ? null : otherNameIn(exposition, wanted.name),
    broken: first ?? null,
  });
}

// A line of another metric concerns nobody here; one whose metric cannot be told does only where the counter is not found.
function brokenProblem({ broken, openLine, samples }: Exposition, name: string): CounterProblem | null {
  const open =
    broken.find(({ line }) => line === openLine) ??
    samples.map(({ line, series }) => ({ line, name: series.name })).find(({ line }) => line === openLine);
  if (openLine !== null && open !== undefined && open.name !== null && name.startsWith(open.name))
    return { reason: "cut-off", line: openLine };
  const own = broken.find((line) => isAbout(line, name));
  return own === undefined ? null : { reason: "broken-line", line: own.line, why: own.text };
}

function isAbout({ name: about, isDeclaration }: BrokenLine, name: string): boolean {
  if (about === null || !name.startsWith(about)) return false;
  const ending = name.slice(about.length);
  return ending === "" || (isDeclaration === true && ENDINGS.some((known) => known.ending === ending));
}

function typeProblem(exposition: Exposition, name: string): CounterProblem | null {
  const family = familyOf(exposition, name);
  if (family === null || family.grows) return null;
  return { reason: "no-counter", type: family.type, askFor: otherNameIn(exposition, name) };
}

// The family that a sample of this name belongs to; null: none is declared.
function familyOf(
  { types }: Exposition,
  name: string,
): { readonly type: FamilyType; readonly grows: boolean } | null {
  const own = types.get(name);
  if (own !== undefined) return { type: own, grows: GROWING.includes(own) };
  for (const { ending, types: having, grows } of ENDINGS) {
    const type = name.endsWith(ending) ? types.get(name.slice(0, -ending.length)) : undefined;
    if (type !== undefined && having.includes(type)) return { type, grows };
  }
  return null;
}

// What to ask for instead, where that is there: a counter's `_total` in OpenMetrics, a histogram's or summary's `_count`.
function otherNameIn({ samples }: Exposition, name: string): string | null {
  const others = [`${name}_total`, `${name}_count`, name.replace(/_(?:created|sum|bucket)$/, "_total")];
  return (
    others.find((other) => other !== name && samples.some(({ series }) => series.name === other)) ?? null
  );
}

// As Prometheus has it, a label that is not there is one that is empty.
function hasLabels({ labels }: Series, wanted: Series): boolean {
  for (const [label, value] of wanted.labels) if ((labels.get(label) ?? "") !== value) return false;
  return true;
}

function valuesOf(samples: readonly Sample[]): Result<SeriesValues, CounterProblem> {
  const newest = new Map<string, Sample>();
  for (const sample of samples) {
    const key = keyOf(sample.series);
    const before = newest.get(key);
    if (before !== undefined && !isLater(sample, before))
      return refuse({ reason: "said-twice", line: sample.line, firstLine: before.line });
    newest.set(key, sample);
  }
  let sum = 0;
  for (const { line, value } of newest.values()) {
    if (!Number.isFinite(value) || value < 0) return refuse({ reason: "no-count", line });
    sum += value;
  }
  if (!Number.isFinite(sum)) return refuse({ reason: "too-large" });
  return ok(new Map([...newest].map(([key, { value }]) => [key, value])));
}

// A series may be told several times only where timestamps say which is the newest.
function isLater({ timestamp }: Sample, before: Sample): boolean {
  return timestamp !== null && before.timestamp !== null && timestamp > before.timestamp;
}

function keyOf({ labels }: Series): string {
  const present = [...labels].filter(([, value]) => value !== "");
  return JSON.stringify(present.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** A problem in words. `place` is the file or address, `name` the metric. */
export function wordsOfProblem(problem: CounterProblem, place: string, name: string): string {
  switch (problem.reason) {
    case "empty":
      return `${place} is empty`;
    case "no-metrics":
      return `${place} holds no metrics: line ${problem.line} is not of the text format, ${problem.why}`;
    case "broken-line":
      return `line ${problem.line} of ${place} is not of the text format: ${problem.why}`;
    case "cut-off":
      return problem.line === null
        ? `${place} breaks off: OpenMetrics ends with # EOF`
        : `line ${problem.line} of ${place}, the last, is not ended by a line feed: it may be half written`;
    case "no-counter":
      return `${name} of ${place} is declared as ${problem.type}, which may go down: name a counter${insteadOf(problem.askFor)}`;
    case "no-series":
      return noSeriesWords(problem, place, name);
    case "no-count":
      return `line ${problem.line} of ${place} holds no count of ${name}: it is negative, or no number`;
    case "said-twice":
      return `lines ${problem.firstLine} and ${problem.line} of ${place} tell the same series of ${name}`;
    case "too-large":
      return `the series of ${name} in ${place} add up to no number`;
  }
}

function noSeriesWords(
  { others, isDeclared, askFor, broken }: Extract<CounterProblem, { reason: "no-series" }>,
  place: string,
  name: string,
): string {
  const also = broken === null ? "" : `; line ${broken.line} of it is not of the text format: ${broken.text}`;
  if (others > 0) return `none of the ${others} series of ${name} in ${place} has these labels${also}`;
  if (isDeclared && askFor === null) return `${place} declares ${name}, and holds no series of it yet${also}`;
  return `${place} holds no ${name}${insteadOf(askFor)}${also}`;
}

function insteadOf(askFor: string | null): string {
  return askFor === null ? "" : `, such as ${askFor}`;
}
