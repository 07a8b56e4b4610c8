// The five outages, replayed: every expectation is met; and each fixture can fail, because without the rule that decides it the
// expectation on that rule is not met. How long they take stands in `npm run bench` (replay): a time is no test.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readIncident } from "../../control-plane/replay/file/incident-file.ts";
import type { Incident, ReadOptions } from "../../control-plane/replay/file/planned-incident.ts";
import { refusalText } from "../../control-plane/replay/file/written-file.ts";
import { runReplay } from "../../control-plane/replay/run-replay.ts";

const folder = import.meta.dirname;
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .sort();

function read(name: string, options: ReadOptions = {}): Incident {
  const result = readIncident(join(folder, name), options);
  if (result.ok) return result.value;
  throw new Error(refusalText(result.error));
}

function unmet(incident: Incident): readonly string[] {
  const { expectations } = runReplay(incident);
  return expectations.filter(({ isMet }) => !isMet).map(({ text, found }) => `${text}: ${found}`);
}

/** Each reason that a fixture expects a page of. */
function decidingReasons(incident: Incident): readonly string[] {
  const pages = incident.expectations.flatMap(({ expectation }) => expectation.page ?? []);
  return [...new Set(pages)];
}

describe("the five outages", () => {
  it("are all there, each with its seed cited", () => {
    expect(files.map((name) => name.slice(0, 3))).toEqual(["000", "001", "002", "003", "004"]);
    for (const name of files)
      expect(readFileSync(join(folder, name), "utf8")).toContain(`# Seed ${name.slice(0, 3)} (`);
  });

  it("meet every expectation", () => {
    expect(files.map((name) => [name, unmet(read(name))])).toEqual(files.map((name) => [name, []]));
  });

  it.each(files)("%s comes out the same each time", (name) => {
    expect(runReplay(read(name)).record).toEqual(runReplay(read(name)).record);
  });
});

describe.each(files)("%s can fail", (name) => {
  it.each(decidingReasons(read(name)))("without the rule %s", (reason) => {
    const without = read(name, { overrides: { rules: { [reason]: { enabled: false } } } });
    expect(unmet(without).some((text) => text.includes(`page ${reason}`))).toBe(true);
  });

  it("and names what it expects to happen and what not", () => {
    const { expectations } = read(name);
    expect(expectations.some(({ expectation }) => expectation.page !== undefined)).toBe(true);
    expect(expectations.some(({ expectation }) => expectation.noAction === true)).toBe(true);
    expect(expectations.some(({ expectation }) => expectation.pagesAtMost !== undefined)).toBe(true);
  });
});
