// A quiet desk claims no more than it knows: that nobody was ever paged is not said where rings are known.
import { html } from "hono/html";
import { expect, it } from "vitest";
import { Quiet } from "../../../../control-plane/src/web/overview/calm.tsx";

const NOW = 1_800_000_000_000;
const REACH = { onCall: [], lastPage: null, lastTest: null, channels: [], drills: [] };

it.each([
  [[], true],
  [null, true],
  [[{ at: NOW - 3_600_000, count: 1 }], false],
])("without a last page, rings at %j: says that there was none is %s", async (rings, isNone) => {
  const card = [await html`${<Quiet reach={REACH} rings={rings} now={NOW} isCalm />}`].join("");
  expect(card.includes("No page yet")).toBe(isNone);
  expect(card.includes("not on record")).toBe(!isNone);
});
