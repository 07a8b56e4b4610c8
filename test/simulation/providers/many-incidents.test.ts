// Five hundred incidents with providers that go wrong; test/long/provider-faults.test.ts tells of ten thousand.
import { describe, expect, it } from "vitest";
import { BROKEN_WITH_MANY } from "./broken-desks.ts";
import { addFigures, figuresText, noFigures } from "./many-figures.ts";
import { brokenText, runMany } from "./many-incidents.ts";

const SEEDS = [1, 2] as const;
const TIMEOUT_MS = 240_000;

it("500 incidents, and none is lost", { timeout: TIMEOUT_MS }, async () => {
  const figures = noFigures();
  for (const seed of SEEDS) {
    const many = await runMany({ seed, incidents: 250 });
    addFigures(figures, many);
    expect(brokenText(many)).toBe("every promise held");
  }
  console.log(figuresText(figures));
  expect(figures).toMatchObject({ incidents: 500, lost: 0 });
});

it("the same seed is the same run", { timeout: TIMEOUT_MS }, async () => {
  const run = async () => {
    const { followed, world } = await runMany({ seed: 3, incidents: 20 });
    return {
      followed,
      brought: world.brought(),
      carried: [...world.lines.values()].map((line) => line.carried),
    };
  };
  expect(await run()).toEqual(await run());
});

describe("a desk that is broken on purpose is found", () => {
  it.each(BROKEN_WITH_MANY)("when it $bug", { timeout: TIMEOUT_MS }, async ({ breaks, parts }) => {
    const { broken } = await runMany({ seed: 4, incidents: 60, parts: parts() });
    expect(
      broken.some((what) => breaks.test(what)),
      broken.join("\n"),
    ).toBe(true);
  });
});
