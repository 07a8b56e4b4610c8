// The shapes with which stored records are read: a value under any name is looked at, and a number that would hold something up for ever, or
// let it go on for ever, is none.
import { expect, it } from "vitest";
import type * as z from "zod";
import { Count, Instant, namedShapeOf, readStored } from "../../../control-plane/src/stored/read-stored.ts";
import { StoredHostShape } from "../../../control-plane/src/stored/shard-shapes.ts";
import { HOSTILE_NAMES } from "../hostile-names.ts";

function problemOf(text: string, shape: z.ZodType = StoredHostShape): string | null {
  const read = readStored(text, shape);
  return read.ok ? null : read.error.problem;
}

const host = (services: string) =>
  `{"hostId":"h","name":"n","probe":null,"outcomesSeen":[],"trouble":null,"services":${services}}`;

it.each(HOSTILE_NAMES)("looks at the value under the name %j", (name) => {
  for (const value of ["null", "[]", '"x"', "7"]) {
    const problem = problemOf(host(`{${JSON.stringify(name)}:${value}}`));
    expect(problem).toMatch(/^wrong shape at services/);
  }
});

it.each(["null", "[]", '"x"', "7"])("takes no %s for values by name", (services) => {
  expect(problemOf(host(services))).toBe("wrong shape at services");
  expect(problemOf(host("{}"))).toBeNull();
});

it("takes no number for a count or an instant that is none", () => {
  for (const text of ["-1", "0.5", "1e300", "1e999", "null", '"1"'])
    expect([text, problemOf(text, Count)]).toEqual([text, "wrong shape"]);
  for (const text of ["8.64e15", "253402300800000", "-8.65e15", "1e999", "null", '"1"'])
    expect([text, problemOf(text, Instant)]).toEqual([text, "wrong shape"]);
  expect(["0", "9007199254740991"].map((text) => problemOf(text, Count))).toEqual([null, null]);
  expect(["-8.64e15", "253402300799999"].map((text) => problemOf(text, Instant))).toEqual([null, null]);
  expect(problemOf('{"__proto__":7}', namedShapeOf(Instant))).toBeNull();
});
