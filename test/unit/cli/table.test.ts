// Rows for people: what fits a terminal, what is never cut, and what moves no cursor.
import { expect, it } from "vitest";
import { visibleText } from "@countersign/shared/values/visible-text";
import { ageOf, tableOf } from "../../../control-plane/cli/table.ts";

it("stays within 80 characters and cuts the last column alone", () => {
  const id = `inc_${"A".repeat(22)}`;
  const lines = tableOf(
    ["ID", "AGE", "WHAT"],
    [
      [id, "3d", "x".repeat(200)],
      ["inc_1", "12h", "short"],
    ],
  );
  expect(lines.map((line) => line.length)).toEqual([37, 80, 38]);
  expect(lines[1]).toMatch(new RegExp(`^${id}  3d   x+…$`));
});

it("cuts nothing where the last column is to be whole", () => {
  const [, line = ""] = tableOf(["A", "B"], [["a", "b".repeat(500)]], { isWhole: true });
  expect(line).toBe(`a  ${"b".repeat(500)}`);
});

it("leaves the last column something when the others are wide", () => {
  const [, line = ""] = tableOf(["A", "B"], [["a".repeat(100), "b".repeat(50)]]);
  expect(line).toHaveLength(100 + 2 + 16);
});

it.each(["\u001b[2J", "\u009b31m", "a\nb", "a\r\u202eb", "\t"])("keeps %j on its line", (text) => {
  const lines = tableOf(["A", "B"], [[text, text]]);
  expect(lines).toHaveLength(2);
  expect(visibleText(lines.join(""))).toBe(lines.join(""));
});

it.each([
  [0, "0s"],
  [59_999, "59s"],
  [60_000, "1m"],
  [3_599_999, "59m"],
  [3_600_000, "1h"],
  [86_399_999, "23h"],
  [86_400_000, "1d"],
  [-5_000, "0s"],
])("says %i ms as %s", (durationMs, age) => {
  expect(ageOf(1_000_000_000 - durationMs, 1_000_000_000)).toBe(age);
});

it("says no age of what is not known", () => {
  expect(ageOf(null, 0)).toBe("–");
});
