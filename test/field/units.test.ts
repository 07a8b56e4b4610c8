// Units as they are found in the field: what systemd 252 said of each (test/field/units/shown), and the right reading beside
// it. The same table is held against a real machine in test/system/units.test.ts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeUnit } from "../../edge-agent/src/core/evidence/judge-unit.ts";
import { parseUnitShow, startersToAsk, withStarters } from "../../edge-agent/src/core/evidence/unit-state.ts";
import { UNIT_READINGS, UNITS_FOLDER } from "./unit-readings.ts";

const shownFolder = join(UNITS_FOLDER, "shown");

test.each(Object.entries(UNIT_READINGS))("%s", (unit, reading) => {
  const shown = parseUnitShow(readFileSync(join(shownFolder, `${unit}.txt`), "utf8"), unit);
  expect(shown.omitted).toEqual([]);
  const { starters } = reading;
  expect(startersToAsk(shown).length > 0).toBe(starters !== undefined);
  const seen = starters === undefined ? shown : withStarters(shown, `ActiveState=${starters}\n`);
  expect(seen.state).toMatchObject(reading.reads);
  const { severity, status, summary } = judgeUnit(seen, { unit });
  expect({ severity, status }).toEqual({ severity: reading.severity, status: reading.status });
  expect(summary).toContain(reading.says);
});

test("nothing was shown that has no reading", () => {
  expect(readdirSync(shownFolder).sort()).toEqual(
    Object.keys(UNIT_READINGS)
      .map((unit) => `${unit}.txt`)
      .sort(),
  );
});
