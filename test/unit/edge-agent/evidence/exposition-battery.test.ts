// What a text in Prometheus' formats says line by line, what is not of the format, and that whatever is rendered is read as
// it was.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMatcher } from "@countersign/shared/host/series-text";
import { readCounterIn, wordsOfProblem } from "../../../../edge-agent/src/core/evidence/counter-reading.ts";
import { parseExposition } from "../../../../edge-agent/src/core/evidence/exposition.ts";

function valueOf(text: string, metric: string, isSaidOpenMetrics = false): number | string {
  const wanted = readMatcher(metric);
  if (!wanted.ok) return wanted.error.text;
  const read = readCounterIn(parseExposition(text, isSaidOpenMetrics), wanted.value);
  return read.ok ? [...read.value.values()].reduce((sum, value) => sum + value, 0) : read.error.reason;
}

describe("a line of 0.0.4", () => {
  test.each([
    ["a 7", 7],
    ["a\t7", 7],
    ["  a  7  ", 7],
    ["a{}7", 7],
    ['a{b="c"}7 -5', 7],
    ["a +7", 7],
    ["a 7.", 7],
    ["a .5", 0.5],
    ["a 7e2 1764385200000", 700],
    ["a 7\n\n \t\n#\n# a 9", 7],
    ["a7", "no-metrics"],
    ["a", "broken-line"],
    ["a 7 8 9", "broken-line"],
    ["a 7 8.5", "broken-line"],
    ["a 7 soon", "broken-line"],
    ["a seven", "broken-line"],
    ["a 0x10", "broken-line"],
    ["a 0b11", "broken-line"],
    ["a 1_000", "broken-line"],
    ["a 1,000", "broken-line"],
    ['a{b="c",b="d"} 7', "broken-line"],
    ['a{b="\\x"} 7', "broken-line"],
    ['a 7 # {trace_id="1"} 1', "broken-line"],
    ["a 7\r", "broken-line"],
    ["a NaN", "no-count"],
    ["a nan", "no-count"],
    ["a Infinity", "no-count"],
    ["a -Inf", "no-count"],
    ["a -0.1", "no-count"],
    ["a -0", 0],
    ["a 1e999", "no-count"],
    ['a 1e308\na{b="c"} 1e308', "too-large"],
  ])("%j is %j", (text, value) => {
    expect(valueOf(`${text}\n`, "a")).toEqual(value === 0 ? expect.closeTo(0) : value);
  });
});

describe("a line of OpenMetrics", () => {
  test.each([
    ["a_total 7", 7],
    ["a_total 7 1764385200.25", 7],
    ["a_total 7 # {} 1", 7],
    ['a_total{b="# {"} 7 # {trace_id="# x"} 1.5 1764385200.25', 7],
    ["a_total 7 # 1", "broken-line"],
    ["a_total 7 # {", "broken-line"],
    ['a_total 7 # {trace_id="1"}', "broken-line"],
    ['a_total 7 # {trace_id="1"} 1 soon', "broken-line"],
    ["a_total 7 # {} 1 2 3", "broken-line"],
  ])("%j is %j", (line, value) => {
    expect(valueOf(`# TYPE a counter\n${line}\n# EOF\n`, "a_total")).toBe(value);
    expect(valueOf(`# TYPE a counter\n${line}\n# EOF`, "a_total", true)).toBe(value);
    expect(valueOf(`# TYPE a counter\n${line}\n`, "a_total", true), "cut off").toBe("cut-off");
    expect(valueOf(`# TYPE a counter\n${line}\n# EOF\na_total 9\n`, "a_total", true)).toBe("cut-off");
  });
});

describe("what is half written", () => {
  test.each([
    ["a 7", "a", "cut-off"],
    ['a 7\na{b="', "a", "cut-off"],
    ["b_total 7\na 7", "b_total", 7],
    ["a_total 7\na_tot", "a_total", "cut-off"],
    ["b 1\n# HELP a", "a", "cut-off"],
    ["b 1\n", "a", "no-series"],
  ])("%j, %s: %j", (text, metric, value) => {
    expect(valueOf(text, metric)).toBe(value);
  });
});

describe("what it is declared as", () => {
  test.each([
    ["# TYPE a counter", 7],
    ["# TYPE a untyped", 7],
    ["# TYPE a unknown", 7],
    ["# HELP a gauge", 7],
    ["#TYPE a counter", 7],
    ["# TYPE b gauge", 7],
    ["# TYPE a counter\n# TYPE a counter", 7],
    ["# TYPE a gauge", "no-counter"],
    ["# TYPE a summary", "no-counter"],
    ["# TYPE a stateset", "no-counter"],
    ["# TYPE a COUNTER", "broken-line"],
    ["# TYPE a", "no-series of a sample's own"],
    ["# TYPE a counter\n# TYPE a gauge", "broken-line"],
    ["# TYPE a counter gauge", "no-series of a sample's own"],
  ])("%j", (declaration, value) => {
    const isUnread = typeof value === "string" && value.startsWith("no-series");
    // A declaration that cannot be read says of no metric what it is.
    expect(valueOf(`${declaration}\na 7\n`, "a")).toBe(isUnread ? 7 : value);
  });
});

describe("in words", () => {
  const wordsFor = (text: string, metric = "a") => {
    const read = readCounterIn(parseExposition(text, false), {
      name: metric,
      labels: new Map([["q", "secret"]]),
      isQuoted: false,
    });
    return read.ok ? "" : wordsOfProblem(read.error, "/x", metric);
  };
  test.each([
    ["", "/x is empty"],
    ["<html>\n", "/x holds no metrics: line 1 is not of the text format, it begins as HTML does"],
    [
      "b 1\na{q=secret} 7\n",
      "line 2 of /x is not of the text format: the value of the label q belongs in double quotes",
    ],
    ["a 7\n", "none of the 1 series of a in /x has these labels"],
    ["# TYPE a counter\nb 1\n", "/x declares a, and holds no series of it yet"],
    ["a_total 1\n", "/x holds no a, such as a_total"],
    ["b 1\n!\n", "/x holds no a; line 2 of it is not of the text format: there is no name of a metric"],
    ["# TYPE a gauge\na 7\n", "a of /x is declared as gauge, which may go down: name a counter"],
    ['a{q="secret"} -1\n', "line 1 of /x holds no count of a: it is negative, or no number"],
    ['a{q="secret"} 1\na{q="secret"} 1\n', "lines 1 and 2 of /x tell the same series of a"],
  ])("%j", (text, words) => {
    expect(wordsFor(text)).toBe(words);
    expect(words).not.toContain('"secret"');
  });
});

const metricName = fc.stringMatching(/^[A-Za-z_:][A-Za-z0-9_:]{0,8}$/);
const labelName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
const labelValue = fc.string({ unit: "grapheme", maxLength: 12 });
const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
const sample = fc.record({
  name: metricName,
  labels: fc.dictionary(labelName, labelValue, { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
  timestamp: fc.option(fc.integer({ min: 0, max: 2 ** 41 })),
  blanks: fc.tuple(blanks, blanks, blanks, blanks),
  hasComma: fc.boolean(),
});
type Rendered = typeof sample extends fc.Arbitrary<infer S> ? S : never;

const escaped = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
const written = (value: number) =>
  Number.isFinite(value)
    ? Object.is(value, -0)
      ? "-0"
      : String(value)
    : Number.isNaN(value)
      ? "NaN"
      : value > 0
        ? "+Inf"
        : "-Inf";

function rendered({ name, labels, value, timestamp, blanks: [a, b, c, d], hasComma }: Rendered): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${a}${label}${b}=${c}"${escaped(text)}"${d}`);
  const comma = hasComma && pairs.length > 0 ? `,${a}` : "";
  return `${a}${name}${b}{${pairs.join(",")}${comma}}${c}${written(value)}${timestamp === null ? "" : ` ${d}${timestamp}`}${b}\n`;
}

test("whatever is rendered is read as it was", () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 8 }), fc.boolean(), (samples, isOpenMetrics) => {
      const text = samples.map(rendered).join("") + (isOpenMetrics ? "# EOF\n" : "");
      const { broken, samples: read } = parseExposition(text, isOpenMetrics);
      expect(broken).toEqual([]);
      expect(
        read.map(({ series: { name, labels }, value, timestamp }) => ({
          name,
          labels: [...labels],
          value,
          timestamp,
        })),
      ).toEqual(
        samples.map(({ name, labels, value, timestamp }) => ({
          name,
          labels: Object.entries(labels),
          value,
          timestamp,
        })),
      );
    }),
  );
});

test("no text whatever is more than wrong", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.boolean(), (text, isSaidOpenMetrics) => {
      expect(["number", "string"]).toContain(typeof valueOf(text, "a", isSaidOpenMetrics));
    }),
    { numRuns: 50 },
  );
});
