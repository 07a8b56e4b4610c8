// Units as they are found in the field: what systemd 252 said of each (test/field/units/shown), and the right reading beside
// it. The same table is held against a real machine in test/system/units.test.ts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeUnit } from "../../edge-agent/src/core/evidence/judge-unit.ts";
import { parseUnitShow, startersToAsk, withStarters } from "../../edge-agent/src/core/evidence/unit-state.ts";
import { sectionsOf } from "../../edge-agent/src/core/watching/shown-units.ts";
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

test("what one systemctl shows of them all is the same, each by its own name", () => {
  const units = Object.keys(UNIT_READINGS);
  const texts = units.map((unit) => readFileSync(join(shownFolder, `${unit}.txt`), "utf8").trim());
  const sections = sectionsOf(`${texts.join("\n\n")}\n`, units);
  expect([...sections.keys()]).toEqual(units);
  units.forEach((unit, index) =>
    expect(parseUnitShow(sections.get(unit) ?? "", unit)).toEqual(parseUnitShow(texts[index] ?? "", unit)),
  );
});

test("nothing was shown that has no reading", () => {
  expect(readdirSync(shownFolder).sort()).toEqual(
    Object.keys(UNIT_READINGS)
      .map((unit) => `${unit}.txt`)
      .sort(),
  );
});
