// What every view says alike: exact texts, and instants relative to now.
import { describe, expect, it } from "vitest";
import { exactSegmentsOf } from "../../../../control-plane/src/core/words/exact-text.ts";
import { formatInstant, formatRelative } from "../../../../control-plane/src/web/frame/when.ts";

const NOW = Date.UTC(2026, 10, 22, 2, 36, 32);

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

describe("an instant", () => {
  it("is written in UTC", () => expect(formatInstant(NOW)).toBe("2026-11-22 02:36:32 UTC"));
  it.each([
    [-999, "now"],
    [999, "now"],
    [1_000, "1s ago"],
    [-1_000, "in 1s"],
    [3_723_000, "1h 2m ago"],
  ])("%d ms away reads %s", (awayMs, words) => expect(formatRelative(NOW - awayMs, NOW)).toBe(words));
});
