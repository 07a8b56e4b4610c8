// Reads the name of a series, with its labels, at the beginning of a text: `jobs_total{queue="mail"}`, as Prometheus' text
// formats write it (0.0.4, OpenMetrics 1.0, and the quoted names of the newer ones). Pure. The one grammar for what a
// catalogue asks for and what a host shows.
// What a reader would get wrong: nothing is skipped that is not understood. What does not fit is said, with its place, and
// without a label's value.
import { ok, refuse, type Result } from "../values/result.ts";

/** A series by its name; values of labels are what they mean, without escapes. */
export interface Series {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** its name is written in quotes: `{"jobs.done"}` */
  readonly isQuoted: boolean;
}

/** Why a text does not begin with a series. */
export interface SeriesProblem {
  readonly reason: "no-series";
  /** place in the text, from 0 */
  readonly at: number;
  readonly text: string;
  /** the metric's name, as far as it could be read; null: not at all */
  readonly name: string | null;
}

type Read<T> = Result<T, SeriesProblem>;

interface Cursor {
  readonly text: string;
  at: number;
  name: string | null;
}

const METRIC_NAME = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const LABEL_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const BLANKS = /[ \t]*/y;
const OPERATOR = /=~|!=|!~|=/y;
const UP_TO_END = /(?:[^"\\]|\\[\\"n])*/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\\\\", "\\"],
  ['\\"', '"'],
  ["\\n", "\n"],
]);
const NAME_CHARS_MAX = 80;

/** Reads a series; `end` is the place after it. */
export function readSeries(text: string): Read<{ readonly series: Series; readonly end: number }> {
  const cursor: Cursor = { text, at: 0, name: null };
  take(cursor, BLANKS);
  cursor.name = take(cursor, METRIC_NAME);
  const afterName = cursor.at;
  take(cursor, BLANKS);
  if (cursor.text[cursor.at] !== "{") {
    if (cursor.name === null) return problem(cursor, "there is no name of a metric");
    return ok({ series: { name: cursor.name, labels: new Map(), isQuoted: false }, end: afterName });
  }
  cursor.at += 1;
  const isQuoted = cursor.name === null;
  const labels = readLabels(cursor);
  if (!labels.ok) return labels;
  if (cursor.name === null) return problem(cursor, "there is no name of a metric");
  return ok({ series: { name: cursor.name, labels: labels.value, isQuoted }, end: cursor.at });
}

/** Reads labels alone at the beginning of a text, as an exemplar has them: `{trace_id="a1"}`. */
export function readLabelSet(text: string): Read<{ readonly end: number }> {
  const cursor: Cursor = { text, at: 0, name: "" };
  take(cursor, BLANKS);
  if (!isTaken(cursor, "{")) return problem(cursor, "expected labels in braces");
  const labels = readLabels(cursor);
  return labels.ok ? ok({ end: cursor.at }) : labels;
}

// From after `{` to after `}`.
function readLabels(cursor: Cursor): Read<ReadonlyMap<string, string>> {
  const labels = new Map<string, string>();
  for (;;) {
    take(cursor, BLANKS);
    if (isTaken(cursor, "}")) return ok(labels);
    const entry = readEntry(cursor);
    if (!entry.ok) return entry;
    if (entry.value !== null) {
      const { label, value, at } = entry.value;
      if (labels.has(label)) return problem({ ...cursor, at }, `the label ${shown(label)} is there twice`);
      labels.set(label, value);
    }
    take(cursor, BLANKS);
    if (isTaken(cursor, "}")) return ok(labels);
    if (!isTaken(cursor, ",")) return problem(cursor, "expected , or } after a label");
  }
}

interface Label {
  readonly label: string;
  readonly value: string;
  readonly at: number;
}

// One label with its value; null: it was the metric's name, in quotes.
function readEntry(cursor: Cursor): Read<Label | null> {
  const { at } = cursor;
  const quoted = readQuoted(cursor);
  if (quoted?.ok === false) return quoted;
  const label = quoted?.value ?? take(cursor, LABEL_NAME);
  if (label === null) return problem(cursor, 'expected a label such as queue="mail"');
  take(cursor, BLANKS);
  const operatorAt = cursor.at;
  const operator = take(cursor, OPERATOR);
  if (operator === null && quoted !== null && cursor.name === null) {
    cursor.name = label;
    return ok(null);
  }
  if (operator !== "=") {
    const instead = operator === null ? "" : `, not ${operator}`;
    return problem(
      { ...cursor, at: operatorAt },
      `only = may stand after the label ${shown(label)}${instead}`,
    );
  }
  take(cursor, BLANKS);
  const value = readQuoted(cursor);
  if (value === null)
    return problem(cursor, `the value of the label ${shown(label)} belongs in double quotes`);
  return value.ok ? ok({ label, value: value.value, at }) : value;
}

// Null: there is no quote here.
function readQuoted(cursor: Cursor): Read<string> | null {
  const startAt = cursor.at;
  if (!isTaken(cursor, '"')) return null;
  const raw = take(cursor, UP_TO_END) ?? "";
  if (isTaken(cursor, '"')) return ok(raw.replaceAll(/\\[\\"n]/g, (escape) => ESCAPES.get(escape) ?? ""));
  if (cursor.at < cursor.text.length)
    return problem(
      cursor,
      'a backslash in quotes is written \\\\, a quote \\", a line feed \\n, and nothing else',
    );
  return problem({ ...cursor, at: startAt }, "a quote has no end");
}

function take(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at;
  const [taken = null] = pattern.exec(cursor.text) ?? [];
  if (taken !== null) cursor.at += taken.length;
  return taken;
}

function isTaken(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

function problem({ at, name }: Cursor, text: string): ReturnType<typeof refuse<SeriesProblem>> {
  return refuse({ reason: "no-series", at, text, name });
}

function shown(name: string): string {
  return name.slice(0, NAME_CHARS_MAX);
}

/** Reads what a catalogue asks for: one metric, and labels that must have exactly these values. */
export function readMatcher(text: string): Read<Series> {
  const read = readSeries(text);
  if (!read.ok) return read;
  const { series, end } = read.value;
  const cursor: Cursor = { text, at: end, name: series.name };
  if (series.isQuoted) return problem({ ...cursor, at: 0 }, "a name in quotes is not taken");
  if (series.labels.has("__name__"))
    return problem({ ...cursor, at: 0 }, "the name stands before the braces");
  take(cursor, BLANKS);
  if (cursor.at < text.length)
    return problem(cursor, "nothing may follow the series: no function, range or other matcher is known");
  return ok(series);
}
