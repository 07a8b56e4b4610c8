// What an incident of many is called: a whole sentence for every reason, with how many of how many.
import { expect, it } from "vitest";
import {
  hostCountText,
  wideTitleOf,
} from "../../../../../control-plane/src/core/desk/incidents/wide-titles.ts";
import { PAGE_REASONS } from "../../../../../control-plane/src/core/words/reason-kinds.ts";

it.each(PAGE_REASONS)("of %s is a sentence about the hosts", (reason) => {
  const title = wideTitleOf(reason, { name: "app", hosts: "20 of 40 hosts" });
  expect(title).toContain("20 of 40 hosts");
  expect(title).toContain(" ");
  // No reason's name, no colon at which a sentence ends, no mark that a sentence in a title does not have.
  expect(title).not.toContain(reason);
  expect(title).not.toMatch(/[:.]/);
});

it("says what fails first", () => {
  expect(wideTitleOf("check-failing", { name: "app", hosts: "20 of 40 hosts" })).toBe(
    "app fails on 20 of 40 hosts",
  );
});

it.each([
  [3, 40, "3 of 40 hosts"],
  // what was heard of a moment ago is counted by its shard later
  [41, 40, "41 of 41 hosts"],
  [3, null, "3 hosts"],
])("counts %s of %s with the whole, where it is known", (count, size, text) => {
  expect(hostCountText(count, size)).toBe(text);
});
