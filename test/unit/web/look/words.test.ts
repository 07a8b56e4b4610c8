// Texts from hosts as every view shows them: what cannot be seen is written out.
import { describe, expect, it } from "vitest";
import { exactSegmentsOf } from "../../../../control-plane/src/core/words/exact-text.ts";

describe("an exact text", () => {
  it.each([
    ["web.service", "web.service"],
    ["two  spaces", "two  spaces"],
    ["tool\u202Egpj.sh", "tool[U+202E]gpj.sh"],
    ["a\u200Bb", "a[U+200B]b"],
    ["a\u00A0b", "a[U+00A0]b"],
    ["line\nbreak", "line[U+000A]break"],
    ["e\u0301", "e[U+0301]"],
    ["\u00E9", "\u00E9"],
    ["\u{E0041}", "[U+E0041]"],
    ["\uFE0F", "[U+FE0F]"],
    ["", ""],
  ])("%j is shown as %s", (text, shown) => {
    const parts = exactSegmentsOf(text).map(({ text: part, isEscaped }) => (isEscaped ? `[${part}]` : part));
    expect(parts.join("")).toBe(shown);
  });
});
