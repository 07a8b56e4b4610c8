// Ten thousand incidents with providers that go wrong, in worlds of some hundreds: none is lost, and what comes twice is counted. A failure says its seed;
// `node test/simulation/providers/run-many.ts SEED INCIDENTS` tells that world again.
import { expect, test } from "vitest";
import { addFigures, figuresText, noFigures } from "../simulation/providers/many-figures.ts";
import { brokenText, INCIDENTS_A_WORLD, runMany } from "../simulation/providers/many-incidents.ts";

const INCIDENTS = 10_000;
const FIRST_SEED = 1_000;
const TIMEOUT_MS = 900_000;

test(`${INCIDENTS} incidents, and none is lost`, { timeout: TIMEOUT_MS }, async () => {
  const figures = noFigures();
  const began = performance.now();
  for (let world = 0; world < INCIDENTS / INCIDENTS_A_WORLD; world += 1) {
    const many = await runMany({ seed: FIRST_SEED + world, incidents: INCIDENTS_A_WORLD });
    addFigures(figures, many);
    expect(brokenText(many)).toBe("every promise held");
  }
  console.log(`${figuresText(figures)}\nin ${Math.round((performance.now() - began) / 1_000)} s`);
  expect(figures).toMatchObject({ incidents: INCIDENTS, lost: 0 });
});
