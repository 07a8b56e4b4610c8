// Names one after the other, as people write them.
import { expect, it } from "vitest";
import { listedNames, upperFirst } from "../../../../control-plane/src/web/look/listed-names.ts";

it.each([
  [[], ""],
  [["Alice"], "Alice"],
  [["Alice", "Omar"], "Alice and Omar"],
  [["Alice", "Omar", "Dana"], "Alice, Omar and Dana"],
])("%j is %j", (names, said) => {
  expect(listedNames(names)).toBe(said);
});

it("a sentence begins with a capital letter", () => {
  expect([upperFirst("you and Omar"), upperFirst("")]).toEqual(["You and Omar", ""]);
});
