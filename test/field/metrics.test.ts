// Metric files as exporters write them in the field, each with what must be read in it: a counter's value, or why there is
// none.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readMatcher } from "@countersign/shared/host/series-text";
import { readCounterIn, wordsOfProblem } from "../../edge-agent/src/core/evidence/counter-reading.ts";
import { parseExposition } from "../../edge-agent/src/core/evidence/exposition.ts";
import { workBetween } from "../../edge-agent/src/core/evidence/work-counter.ts";

interface FieldReading {
  readonly file: string;
  readonly metric: string;
  readonly isSaidOpenMetrics?: boolean;
  readonly value?: number;
  readonly problem?: string;
  readonly why: string;
}

const folder = join(import.meta.dirname, "metrics");
const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");
const readings = JSON.parse(textOf("readings.json")) as readonly FieldReading[];

describe("a metric file of the field", () => {
  test.each(readings)(
    "$file, $metric: $why",
    ({ file, metric, isSaidOpenMetrics = false, value, problem }) => {
      const wanted = readMatcher(metric);
      if (!wanted.ok) throw new Error(wanted.error.text);
      const read = readCounterIn(parseExposition(textOf(file), isSaidOpenMetrics), wanted.value);
      const seen = read.ok ? { value: workBetween(null, read.value).value } : { problem: read.error.reason };
      expect(seen).toEqual(problem === undefined ? { value } : { problem });
      if (read.ok) return;
      const words = wordsOfProblem(read.error, `/srv/${file}`, wanted.value.name);
      expect(words).toContain(file);
      expect(words.length).toBeLessThan(250);
    },
  );

  test("each has its reading", () => {
    const files = readdirSync(folder).filter((file) => file !== "readings.json");
    expect(files.filter((file) => !readings.some((reading) => reading.file === file))).toEqual([]);
  });
});
