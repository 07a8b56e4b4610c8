// Things one after the other, as people write them.
import { expect, it } from "vitest";
import { listText } from "@countersign/shared/values/list-text";

it.each([
  [[], "", ""],
  [["Alice"], "Alice", "Alice"],
  [["Alice", "Omar"], "Alice and Omar", "Alice or Omar"],
  [["Alice", "Omar", "Dana"], "Alice, Omar and Dana", "Alice, Omar or Dana"],
])("%j is %j, or %j", (names, all, any) => {
  expect([listText(names), listText(names, "or")]).toEqual([all, any]);
});
