// Where a device comes to after it was signed in: a path of this desk, however what it wanted is written.
import { expect, it } from "vitest";
import { safePathOf } from "../../../control-plane/src/http/safe-path.ts";

it.each(["/approvals/apr_1", "/incidents/inc_1?finding=fnd_2", "/", "/people/tests/tst_1"])(
  "%s is a path of this desk",
  (path) => expect(safePathOf(path)).toBe(path),
);

it.each([
  "",
  "approvals/apr_1",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "/x\\..\\//evil.example",
  "https://evil.example/",
  "/.//evil.example",
  "/x/..//evil.example",
  "javascript:alert(1)",
  "/a b",
  "/a\nlocation: https://evil.example",
  `/${"a".repeat(400)}`,
])("%j is none", (text) => expect(safePathOf(text)).toBeNull());

it("loses what comes after a mark that no server is sent", () => {
  expect(safePathOf("/hosts#top")).toBe("/hosts");
});
