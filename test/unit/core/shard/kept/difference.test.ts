// A difference brings back exactly the other value, and there is none between values that are the same.
import fc from "fast-check";
import { expect, it } from "vitest";
import { differenceOf, withDifference } from "../../../../../control-plane/src/core/shard/kept/difference.ts";

it.each<[string, unknown, unknown, unknown]>([
  ["a value that became another", { a: 1 }, { a: 2 }, { a: [2] }],
  ["one that came", {}, { a: null }, { a: [null] }],
  ["one that went", { a: 1, b: 1 }, { b: 1 }, { a: 0 }],
  ["one that is undefined, which is as good as gone", { a: 1 }, { a: undefined }, { a: 0 }],
  ["lists of one length, by place", { a: [1, 2, 3] }, { a: [1, 9, 3] }, { a: { 1: [9] } }],
  ["lists of another length, as a whole", [1, 2], [1], [[1]]],
  ["a list in place of a record", { a: {} }, { a: [] }, { a: [[]] }],
  ["one whose name every record inherits", {}, { constructor: [] }, { constructor: [[]] }],
  ["nothing", { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, null],
])("says %s", (_, before, after, difference) => {
  expect(differenceOf(before, after)).toEqual(difference);
});

it("brings back the other value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (before, after) => {
      const difference = differenceOf(before, after);
      const back =
        difference === null ? before : withDifference(before, JSON.parse(JSON.stringify(difference)));
      expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(after)));
      expect(differenceOf(after, structuredClone(after))).toBeNull();
    }),
    { numRuns: 300 },
  );
});
