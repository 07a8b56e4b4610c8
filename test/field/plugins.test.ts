// Outputs of plugins as they are found in the field, each with the reading that is right, for a check that is declared
// critical.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { summaryOf } from "../../edge-agent/src/core/connection/reporting.ts";
import { judgePlugin, severityOf } from "../../edge-agent/src/core/evidence/observation.ts";
import { decodeWords } from "../../edge-agent/src/core/evidence/plugin-words.ts";

interface Reading {
  readonly code: number;
  readonly status: string;
  readonly severity: string;
  readonly summary: string;
  readonly why: string;
}

const FOLDER = join(import.meta.dirname, "plugins");
const READINGS = JSON.parse(readFileSync(join(FOLDER, "readings.json"), "utf8")) as Record<string, Reading>;
const files = readdirSync(FOLDER).filter((name) => name !== "readings.json");

/** What it wrote; without a file it wrote nothing. */
function written(name: string): string {
  return files.includes(name) ? decodeWords(readFileSync(join(FOLDER, name))) : "";
}

test.each(Object.entries(READINGS))("%s", (name, { code, why, ...reading }) => {
  const judged = judgePlugin({
    code,
    output: written(`${name}.stdout`),
    errors: written(`${name}.stderr`),
    latencyMs: 1,
  });
  const told = {
    status: judged.status,
    severity: severityOf("critical", judged),
    summary: summaryOf(judged.summary),
  };
  expect(told, why).toEqual(reading);
});

test("each file is read", () => {
  expect(files.map((name) => name.split(".")[0]!).filter((name) => !Object.hasOwn(READINGS, name))).toEqual(
    [],
  );
});
