// Reads a text in Prometheus' text format 0.0.4 or in OpenMetrics 1.0, line by line
// (prometheus.io/docs/instrumenting/exposition_formats, the OpenMetrics specification). Pure. What a line says, or what is
// wrong with it; what that means for one counter is said in counter-reading.ts.
// What a reader would get wrong: nothing is passed over. A line that is not of the format is said with its number, and with
// the metric's name as far as it can be read, so that a broken line of another metric blinds nobody. More blanks are taken
// than OpenMetrics allows.
import { readLabelSet, readSeries, type Series } from "@countersign/shared/host/series-text";
import { ok, refuse, type Result } from "@countersign/shared/values/result";

/** Text beyond this is not read. It bounds what is kept of a counter's series too. */
export const EXPOSITION_BYTES_MAX = 256 * 1024;

/** What a family of metrics is declared as, in either format. */
const FAMILY_TYPES = [
  "counter",
  "gauge",
  "histogram",
  "summary",
  "untyped",
  "unknown",
  "gaugehistogram",
  "info",
  "stateset",
] as const;
export type FamilyType = (typeof FAMILY_TYPES)[number];

/** One line with a value. */
export interface Sample {
  /** from 1 */
  readonly line: number;
  readonly series: Series;
  /** may be no finite number */
  readonly value: number;
  /** as it is written: milliseconds in 0.0.4, seconds in OpenMetrics; null: none is */
  readonly timestamp: number | null;
}

/** One line that is not of the format. */
export interface BrokenLine {
  readonly line: number;
  /** why, without a label's value */
  readonly text: string;
  /** of the metric that it is about; null: it cannot be told */
  readonly name: string | null;
  /** it declares a family, whose samples may have longer names. absent: it is a sample */
  readonly isDeclaration?: true;
}

export interface Exposition {
  readonly isOpenMetrics: boolean;
  readonly types: ReadonlyMap<string, FamilyType>;
  readonly samples: readonly Sample[];
  readonly broken: readonly BrokenLine[];
  /** it is OpenMetrics by its sender's word, and does not end as that must */
  readonly isCutOff: boolean;
  /** number of the last line where no line feed ends it: it may be half of one. null: all are whole */
  readonly openLine: number | null;
}

type NotOfFormat = Omit<BrokenLine, "line"> & { readonly reason: "not-of-format" };

const END = /(?:^|\n)# EOF\n?$/;
const COMMENT = /^[ \t]*#/;
const DECLARATION = /^[ \t]*#[ \t]*TYPE(?:[ \t]|$)/;
const DECLARED = /^[ \t]*#[ \t]*TYPE[ \t]+("?)([A-Za-z_:][A-Za-z0-9_:.]*)\1[ \t]+(\S+)[ \t]*$/;
const VALUES = /^[ \t]*(\S+)(?:[ \t]+(\S+))?[ \t]*$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NO_FINITE_NUMBER = /^(?:[+-]?inf(?:inity)?|nan)$/i;
const WHOLE_NUMBER = /^[+-]?\d+$/;

/** Reads a text. `isSaidOpenMetrics`: its sender says that it is; without that word its end (`# EOF`) tells. */
export function parseExposition(text: string, isSaidOpenMetrics: boolean): Exposition {
  const hasEnd = END.test(text);
  const isOpenMetrics = isSaidOpenMetrics || hasEnd;
  const lines = text.split("\n");
  const isOpen = lines.at(-1) !== "" && !hasEnd;
  const types = new Map<string, FamilyType>();
  const samples: Sample[] = [];
  const broken: BrokenLine[] = [];
  lines.forEach((content, index) => {
    const line = index + 1;
    const read = takeLine(content, { isOpenMetrics, types });
    if (read === null) return;
    if (read.ok) samples.push({ line, ...read.value });
    else broken.push({ line, ...withoutReason(read.error) });
  });
  const openLine = isOpen ? lines.length : null;
  return { isOpenMetrics, types, samples, broken, isCutOff: isSaidOpenMetrics && !hasEnd, openLine };
}

// Null: it is empty or a comment, which a declaration is too: it goes into `types`.
function takeLine(
  line: string,
  { isOpenMetrics, types }: { readonly isOpenMetrics: boolean; readonly types: Map<string, FamilyType> },
): Result<Omit<Sample, "line">, NotOfFormat> | null {
  if (line.trim() === "") return null;
  if (!COMMENT.test(line)) return readSample(line, isOpenMetrics);
  const problem = DECLARATION.test(line) ? declare(line, types) : null;
  return problem === null ? null : refuse(problem);
}

function declare(line: string, types: Map<string, FamilyType>): NotOfFormat | null {
  const [, , family = null, word = ""] = DECLARED.exec(line) ?? [];
  const wrong = (text: string) =>
    ({ reason: "not-of-format", text, name: family, isDeclaration: true }) as const;
  if (family === null) return wrong("a TYPE has a name and a word such as counter");
  const type = FAMILY_TYPES.find((known) => known === word);
  if (type === undefined) return wrong("its TYPE is none that the format knows");
  const before = types.get(family);
  if (before !== undefined && before !== type) return wrong(`it is declared as ${before} and as ${type}`);
  types.set(family, type);
  return null;
}

function readSample(line: string, isOpenMetrics: boolean): Result<Omit<Sample, "line">, NotOfFormat> {
  const read = readSeries(line);
  if (!read.ok)
    return notOfFormat(
      line.trimStart().startsWith("<") ? "it begins as HTML does" : read.error.text,
      read.error.name,
    );
  const { series, end } = read.value;
  const rest = line.slice(end);
  const wrong = (text: string) => notOfFormat(text, series.name);
  if (rest.endsWith("\r")) return wrong("it ends with CR LF: write a line feed alone");
  if (line[end - 1] !== "}" && !/^[ \t]/.test(rest)) return wrong("no blank follows the name");
  const exemplarAt = rest.indexOf("#");
  if (exemplarAt !== -1) {
    if (!isOpenMetrics) return wrong("an exemplar belongs to OpenMetrics, which ends with # EOF");
    const problem = problemOfExemplar(rest.slice(exemplarAt + 1));
    if (problem !== null) return wrong(problem);
  }
  const [, value = "", timestamp = null] =
    VALUES.exec(exemplarAt === -1 ? rest : rest.slice(0, exemplarAt)) ?? [];
  const number = numberIn(value);
  if (number === null) return wrong("a value, and a timestamp at most, follow the name");
  if (timestamp !== null && !(isOpenMetrics ? NUMBER : WHOLE_NUMBER).test(timestamp))
    return wrong(
      `its timestamp is no ${isOpenMetrics ? "number of seconds" : "whole number of milliseconds"}`,
    );
  return ok({ series, value: number, timestamp: timestamp === null ? null : Number(timestamp) });
}

// What stands after `#`: labels, a value, and perhaps a timestamp.
function problemOfExemplar(text: string): string | null {
  const labels = readLabelSet(text);
  if (!labels.ok) return `in its exemplar, ${labels.error.text}`;
  const [, value = "", timestamp = "0"] = VALUES.exec(text.slice(labels.value.end)) ?? [];
  const isRead = numberIn(value) !== null && NUMBER.test(timestamp);
  return isRead ? null : "its exemplar has no value, or no timestamp in seconds";
}

/** Null: it is no number of the format. */
function numberIn(text: string): number | null {
  if (NUMBER.test(text)) return Number(text);
  if (!NO_FINITE_NUMBER.test(text)) return null;
  if (/nan/i.test(text)) return Number.NaN;
  return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function notOfFormat(text: string, name: string | null): ReturnType<typeof refuse<NotOfFormat>> {
  return refuse({ reason: "not-of-format", text, name });
}

function withoutReason({ reason: _always, ...broken }: NotOfFormat): Omit<BrokenLine, "line"> {
  return broken;
}
