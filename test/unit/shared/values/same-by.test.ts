// Values are the same when each field that counts is; the list of fields must be complete.
import { describe, expect, it } from "vitest";
import { sameBy } from "@countersign/shared/values/same-by";

interface Lamp {
  readonly isLit: boolean;
  readonly room: { readonly name: string };
  readonly seenAt: number;
  readonly tag?: string;
}

const isSame = sameBy<Lamp>({ isLit: true, room: true, seenAt: false, tag: true });
const hall = { name: "hall" };
const lamp: Lamp = { isLit: true, room: hall, seenAt: 1 };

describe("two values", () => {
  it.each<[string, Lamp | null | undefined, boolean]>([
    ["the very same", lamp, true],
    ["equal in all that counts", { ...lamp, seenAt: 2 }, true],
    ["another value of a field", { ...lamp, isLit: false }, false],
    ["an equal part that is another one", { ...lamp, room: { name: "hall" } }, false],
    ["a field more", { ...lamp, tag: "old" }, false],
    ["a field that is there and undefined", { ...lamp, tag: undefined }, true],
    ["no value", null, false],
    ["no value, as undefined", undefined, false],
  ])("are the same or not: %s", (_which, other, same) => {
    expect(isSame(lamp, other)).toBe(same);
    expect(isSame(other, lamp)).toBe(same);
  });

  it("are the same where there is neither", () => {
    expect(isSame(null, undefined)).toBe(true);
  });
});

it("does not compile with a field forgotten, an optional one too", () => {
  // @ts-expect-error: `seenAt` is forgotten
  sameBy<Lamp>({ isLit: true, room: true, tag: true });
  // @ts-expect-error: `tag` is forgotten
  sameBy<Lamp>({ isLit: true, room: true, seenAt: false });
  expect(isSame(lamp, lamp)).toBe(true);
});
