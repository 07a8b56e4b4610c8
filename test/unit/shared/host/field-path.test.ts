// The way to a field of a JSON text: what is read, what is refused and at which character.
import { describe, expect, test } from "vitest";
import { FIELD_PATH_CHARS_MAX, formatFieldPath, parseFieldPath } from "@countersign/shared/host/field-path";

describe("a path", () => {
  test.each([
    ["a", ["a"]],
    ["claudeAiOauth.expiresAt", ["claudeAiOauth", "expiresAt"]],
    ['profiles["a@b.c"].expires', ["profiles", "a@b.c", "expires"]],
    ["profiles['a@b.c'].expires", ["profiles", "a@b.c", "expires"]],
    ['["a.b"].c', ["a.b", "c"]],
    ['a.["b c"]', ["a", "b c"]],
    ["profiles.anthropic:default.expires", ["profiles", "anthropic:default", "expires"]],
    ["a@b/c-d.e", ["a@b/c-d", "e"]],
    ["accounts[0].expiry", ["accounts", 0, "expiry"]],
    ["accounts[10][2]", ["accounts", 10, 2]],
    ["[3].a", [3, "a"]],
    ["list.0.a", ["list", "0", "a"]],
    ['a["say \\"b\\""]', ["a", 'say "b"']],
    ['a[""]', ["a", ""]],
    ["__proto__.constructor", ["__proto__", "constructor"]],
  ])("%s is %j", (text, path) => {
    const parsed = parseFieldPath(text);
    expect(parsed).toEqual({ ok: true, value: path });
    expect(parseFieldPath(formatFieldPath(path))).toEqual(parsed);
  });

  test.each([
    ["", "at least one field"],
    [".a", "begins with a name", 1],
    ["a..b", "a dot stands between two", 3],
    ["a.", "does not end with a dot", 3],
    ["$.a", "without $", 1],
    ["a.*", "there is no *", 3],
    ["a[*].b", "one path leads to one field", 2],
    ["a[]", "one path leads to one field", 2],
    ["a[-1]", "one path leads to one field", 2],
    ["a[b]", "a name in quotes", 2],
    ['a["b]', "a name in quotes", 2],
    ["a b", "brackets and quotes", 2],
    ['"a".b', "brackets and quotes", 1],
    ['["a"]b', "a dot or a bracket", 6],
    ["a]", "a dot or a bracket", 2],
    ["a[1234567]", "a place in a list", 2],
  ])("%s is refused: %s", (text, words, character?: number) => {
    const parsed = parseFieldPath(text);
    if (parsed.ok) throw new Error("it was read");
    expect(parsed.error.message).toContain(words);
    if (character !== undefined) expect(parsed.error.message).toContain(`(character ${character} of `);
  });

  test(`has at most ${FIELD_PATH_CHARS_MAX} characters`, () => {
    expect(parseFieldPath("a".repeat(FIELD_PATH_CHARS_MAX)).ok).toBe(true);
    expect(parseFieldPath("a".repeat(FIELD_PATH_CHARS_MAX + 1)).ok).toBe(false);
  });
});
