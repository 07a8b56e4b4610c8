// How much a counter grew: each series by itself, and what is no work.
import { expect, test } from "vitest";
import { workBetween } from "../../../../edge-agent/src/core/evidence/work-counter.ts";

const of = (values: Readonly<Record<string, number>>) => new Map(Object.entries(values));

test.each([
  ["a first reading", null, { a: 7 }, 7, null],
  ["nothing", { a: 7 }, { a: 7 }, 7, 0],
  ["both grew", { a: 1, b: 2 }, { a: 4, b: 3 }, 7, 4],
  ["one stands still and one comes: no work", { a: 7 }, { a: 7, b: 100 }, 107, 0],
  ["one stands still and one goes: no work", { a: 7, b: 100 }, { a: 7 }, 7, 0],
  ["one grows while one goes", { a: 7, b: 2 }, { a: 9 }, 9, 2],
  ["one begins anew", { a: 100, b: 5 }, { a: 3, b: 5 }, 8, 3],
  ["one begins anew at zero while another stands still", { a: 100, b: 5 }, { a: 0, b: 5 }, 5, 0],
  ["one takes the other's place", { a: 100 }, { b: 100 }, 100, 0],
  ["all went and came as others", { a: 1, b: 2 }, { c: 3, d: 4 }, 7, 0],
  ["a name of an object's own", of({ a: 1 }), { constructor: 5, a: 2 }, 7, 1],
])("%s", (_, before, now, value, gain) => {
  const known = before === null ? null : before instanceof Map ? before : of(before);
  expect(workBetween(known, of(now))).toEqual({ value, gain });
});
