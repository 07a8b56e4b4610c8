// Drills in the policy: both sides of every bound, each path once, and that what is set is told.
import { expect, test } from "vitest";
import { changesInWords, policyInWords } from "../../../control-plane/src/policy/in-words/policy-in-words.ts";
import { diffPolicies, formatChange } from "../../../control-plane/src/policy/policy-diff.ts";
import { Policy } from "../../../control-plane/src/policy/policy.ts";

const parse = (drills: unknown) => Policy.safeParse({ version: 1, drills });
const DAY_MS = 24 * 3_600_000;

test("none by default", () => {
  expect(Policy.parse({ version: 1 }).drills).toEqual([]);
});

test.each([
  ["23h", false],
  ["1d", true],
  ["30d", true],
  ["365d", true],
  ["366d", false],
])("every %s: %s", (every, isTaken) => {
  expect(parse([{ path: "paging", every }]).success).toBe(isTaken);
});

test("a path that is not known, a key that is not known, and no period are errors", () => {
  for (const drill of [
    { path: "restart", every: "30d" },
    { path: "paging", every: "30d", at: "09:00" },
    { path: "paging" },
  ])
    expect(parse([drill]).success).toBe(false);
});

test("the same path twice is an error with its place", () => {
  const twice = parse([
    { path: "paging", every: "30d" },
    { path: "paging", every: "60d" },
  ]);
  expect(twice.error?.issues).toEqual([
    expect.objectContaining({ path: ["drills", 1, "path"], message: '"paging" is there twice' }),
  ]);
});

test("it is told in words, and so is a change of it", () => {
  const before = Policy.parse({ version: 1, drills: [{ path: "paging", every: "30d" }] });
  const after = Policy.parse({ version: 1, drills: [{ path: "paging", every: "60d" }] });
  expect(before.drills).toEqual([{ path: "paging", everyMs: 30 * DAY_MS }]);
  const lines = policyInWords(before)
    .find(({ id }) => id === "who")
    ?.lines.map(({ text }) => text);
  expect(lines?.at(-1)).toContain("Every 30 days, by day, each of them gets a drill");
  expect(diffPolicies(before, after).map(formatChange)).toEqual(["~ drills[1].every: 30d → 60d"]);
  expect(changesInWords(before, after)).toEqual([
    expect.objectContaining({ part: "who", before: expect.stringContaining("30 days") }),
  ]);
});

test("one that comes is one change, and no setting is left over", () => {
  const none = Policy.parse({ version: 1 });
  const some = Policy.parse({ version: 1, drills: [{ path: "paging", every: "30d" }] });
  expect(changesInWords(none, some)).toEqual([expect.objectContaining({ part: "who", before: null })]);
});
