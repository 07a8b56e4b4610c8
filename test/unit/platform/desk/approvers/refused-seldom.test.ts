// The same refusal goes on record once in a while, each other one at once, and never more than a bound is remembered.
import { expect, it } from "vitest";
import {
  RefusedSeldom,
  SAME_REFUSAL_EVERY_MS,
} from "../../../../../control-plane/src/platform/desk/approvers/refused-seldom.ts";

const NOW = 1_000_000_000;

it("the same one is due again only after a while, and after a clock was set back", () => {
  const refused = new RefusedSeldom();
  expect(refused.isDue("a", NOW)).toBe(true);
  expect(refused.isDue("b", NOW)).toBe(true);
  expect(refused.isDue("a", NOW + SAME_REFUSAL_EVERY_MS - 1)).toBe(false);
  expect(refused.isDue("a", NOW + SAME_REFUSAL_EVERY_MS)).toBe(true);
  expect(refused.isDue("a", NOW)).toBe(true);
});

it("the oldest of very many gives way", () => {
  const refused = new RefusedSeldom();
  for (let count = 0; count <= 500; count += 1) refused.isDue(`${count}`, NOW);
  expect(refused.isDue("500", NOW)).toBe(false);
  expect(refused.isDue("0", NOW)).toBe(true);
});
