// What cannot be seen is written out, made a mark or escaped, whoever wrote it, and nothing else changes.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import {
  inVisibleLines,
  visibleJson,
  visibleLine,
  visibleLines,
  visibleMarkup,
  visibleText,
} from "@countersign/shared/values/visible-text";
import {
  chainEntry,
  CHAIN_START,
  findChainBreak,
} from "../../../../control-plane/src/core/desk/audit/audit-chain.ts";
import { byHost, byPerson } from "../../../../control-plane/src/core/words/actor.ts";
import { LINE_CHARS_MAX, plainLine } from "../../../../control-plane/src/core/words/plain-line.ts";

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const HOSTILE = [
  "\u202E",
  "\u2066",
  "\u061C",
  "\u200B",
  "\u200E",
  "\u2060",
  "\uFEFF",
  "\u00AD",
  "\u3164",
  "\u115F",
  "\u034F",
  "\u001B[2J",
  "\u009B2J",
  "\u0007",
  "\u007F",
  "\u0000",
  "\n",
  "\r\n",
  "\t",
  "\u0085",
  "\u2028",
  "\u2029",
  "\uD800",
  "\uDC00",
  "\u{E0041}",
  "\uFE0F",
  "\u{E0100}",
  "\u180E",
  "\uFFF9",
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary" }), fc.constant("web-1 é 中 💥")))
  .map((parts) => parts.join(""));

describe("a line", () => {
  it.each([
    ["web-1", "web-1"],
    ["a\u202Eb", "a\uFFFDb"],
    ["a\nb\r\nc", "a b  c"],
    ["\u001B[31mred", "\uFFFD[31mred"],
    ["⚠️ café नमस्ते 💥", "⚠ café नमस्ते 💥"],
    ["a\u{E0041}b", "a\uFFFDb"],
  ])("of %j is %j", (text, line) => expect(visibleLine(text)).toBe(line));

  test("shows all that it holds, is never longer, and stays as it is the second time", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = visibleLine(text);
        expect(line).not.toMatch(UNSEEN);
        expect(line.length).toBeLessThanOrEqual(text.length);
        expect(visibleLine(line)).toBe(line);
        expect(plainLine(text)).not.toMatch(UNSEEN);
        expect(plainLine(text).length).toBeLessThanOrEqual(LINE_CHARS_MAX);
        expect(visibleText(text)).not.toMatch(UNSEEN);
        expect(visibleLines(text).replaceAll("\n", "")).not.toMatch(UNSEEN);
        expect(visibleMarkup(text).replaceAll(/[\t\n\r]/g, "")).not.toMatch(UNSEEN);
      }),
    );
  });
});

describe("values and JSON", () => {
  test("every text of a value, however deep, and no name; what is visible stays the very same", () => {
    fc.assert(
      fc.property(fc.jsonValue(), hostile, (value, text) => {
        const deep = { a: [value, { b: text }], __proto__: null, n: 1 };
        expect(JSON.stringify(Object.values(inVisibleLines({ text, list: [text] })))).not.toMatch(UNSEEN);
        expect(inVisibleLines(deep).n).toBe(1);
      }),
    );
    const clean = { a: ["x", { b: null }], c: 1 };
    expect(inVisibleLines(clean)).toBe(clean);
    const forged = JSON.parse('{"__proto__":{"x":"\\u202e"},"constructor":"\\u001b"}') as object;
    expect(JSON.stringify(inVisibleLines(forged))).toBe(
      '{"__proto__":{"x":"\uFFFD"},"constructor":"\uFFFD"}',
    );
  });

  test("JSON says the same and shows all that it holds", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = visibleJson(JSON.stringify({ [text]: text }));
        expect(shown).not.toMatch(UNSEEN);
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify({ [text]: text })));
      }),
    );
  });
});

test("no audit row holds what cannot be seen, and the chain of such rows holds", () => {
  fc.assert(
    fc.property(hostile, hostile, (subject, why) => {
      const first = chainEntry(
        { at: 1, actor: byHost("x"), act: "noted", refs: [{ kind: "device", name: subject }], subject, why },
        { sequence: 0, hash: CHAIN_START },
      );
      const second = chainEntry({ at: 2, actor: byPerson(why), act: "noted", refs: [], subject, why }, first);
      expect(JSON.stringify([first, second])).not.toMatch(UNSEEN);
      expect(findChainBreak([first, second], { sequence: 0, hash: CHAIN_START })).toBeNull();
    }),
  );
});
