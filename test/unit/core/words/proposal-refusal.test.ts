// Why nothing was proposed, as people read it: among the evidence, at its instant.
import { expect, it } from "vitest";
import {
  askAgainAt,
  evidenceWith,
  refusalText,
} from "../../../../control-plane/src/core/words/proposal-refusal.ts";

const budget = { reason: "budget-used-up", count: 3, max: 3, windowMs: 3_600_000, askAt: 90 } as const;
const line = (at: number) => ({ at, text: `seen at ${at}` });

it.each([
  { at: 5, order: [5, 10, 20] },
  { at: 10, order: [10, 10, 20] },
  { at: 30, order: [10, 20, 30] },
])("a refusal at $at stands among evidence at $order", ({ at, order }) => {
  const shown = evidenceWith([line(10), line(20)], { at, refusal: budget });
  expect(shown.map((each) => each.at)).toEqual(order);
  expect(shown.map(({ text }) => text)).toContain(refusalText(budget));
});

it("stands behind what was seen at the same instant, and no refusal adds nothing", () => {
  const evidence = [line(10)];
  expect(evidenceWith(evidence, { at: 10, refusal: budget }).at(-1)?.text).toBe(refusalText(budget));
  expect(evidenceWith(evidence, null)).toBe(evidence);
});

it("says when it is asked again only where time alone is missing", () => {
  expect(askAgainAt(budget)).toBe(90);
  expect(askAgainAt({ reason: "under-way" })).toBeNull();
});
