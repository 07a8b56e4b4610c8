// What fits of a text: to the byte or unit, and never half of a character.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutJsonBytes, cutText, seenText } from "../../../control-plane/src/channels/fitted-text.ts";

describe("a text that is cut", () => {
  it.each([
    ["abcd", 4, "abcd"],
    ["abcde", 4, "a…"],
    ["äöü", 6, "äöü"],
    ["äöüä", 6, "ä…"],
    ["😀😀", 8, "😀😀"],
    ["😀😀", 7, "😀…"],
    ["😀😀", 6, "…"],
    ["abc", 2, ""],
    ["", 0, ""],
    ['""', 4, '""'],
    ['""', 3, "…"],
    ["\n\\", 4, "\n\\"],
    ["a\n\n", 4, "a…"],
  ])("%s in %i bytes is %s", (text, max, kept) => {
    expect(cutJsonBytes(text, max)).toBe(kept);
  });

  it.each([
    ["abcd", 4, "abcd"],
    ["abcde", 4, "abc…"],
    ["😀😀", 4, "😀😀"],
    ["😀😀", 3, "😀…"],
    ["😀😀", 2, "…"],
  ])("%s in %i units is %s", (text, max, kept) => {
    expect(cutText(text, max)).toBe(kept);
  });

  it("is never cut within what stands for a character", () => {
    expect(cutText("a&&", 11, (character) => (character === "&" ? "&amp;" : character))).toBe("a&amp;&amp;");
    expect(cutText("a&&", 10, (character) => (character === "&" ? "&amp;" : character))).toBe("a&amp;…");
    expect(cutText("a&&", 6, (character) => (character === "&" ? "&amp;" : character))).toBe("a…");
  });

  it("fits, whatever it is, and begins as it did", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, max) => {
        const [bytes, units] = [cutJsonBytes(text, max), cutText(text, max)];
        expect(new TextEncoder().encode(bytes).length).toBeLessThanOrEqual(max);
        expect(units.length).toBeLessThanOrEqual(max);
        for (const kept of [bytes, units])
          expect(kept === text || text.startsWith(kept.replace(/…$/, ""))).toBe(true);
      }),
    );
  });
});

it("what cannot be seen is shown as a mark, and lines stay lines", () => {
  expect(seenText("a\u001B[2Jb\r\nc\u202Ed\ne\tf")).toBe("a\uFFFD[2Jb\nc\uFFFDd\ne f");
});
