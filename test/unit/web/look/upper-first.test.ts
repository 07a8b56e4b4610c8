// A sentence begins with a capital letter, and nothing stays nothing.
import { expect, it } from "vitest";
import { upperFirst } from "../../../../control-plane/src/web/look/upper-first.ts";

it("a sentence begins with a capital letter", () => {
  expect([upperFirst("you and Omar"), upperFirst("")]).toEqual(["You and Omar", ""]);
});
