// A text that a person wrote without quotes, and that YAML read otherwise: a comma ended it inside { }, or a colon made a key of it. Pure.
// What a reader would get wrong: inside { } "text: refused, no route" is no mistake to the parser. It is a second key without a value.
import { isMap, isScalar, type Pair } from "yaml";

const IN_QUOTES = "put the text in quotes";

/** The parser's codes of what an unquoted text runs into. */
const SYNTAX_HINTS: ReadonlyMap<string, string> = new Map([
  ["BLOCK_IN_FLOW", `if this is a text with a colon in it, ${IN_QUOTES}`],
  ["BLOCK_AS_IMPLICIT_KEY", `if this is a text with a colon in it, ${IN_QUOTES}`],
  ["BAD_SCALAR_START", `if this is a text, ${IN_QUOTES}`],
  ["UNEXPECTED_TOKEN", `if all of this is one text, ${IN_QUOTES}`],
]);

/** What to do about a text that is no YAML as it stands; null: the mistake is another one. */
export function syntaxHint(code: string): string | null {
  return SYNTAX_HINTS.get(code) ?? null;
}

/** Whether a key was hardly meant as one: it has no colon, and a text stands before it inside the same { }. */
export function isRestOfText(map: unknown, pair: Pair): boolean {
  return pair.value === null && textBefore(map, pair) !== null;
}

/** Whether a key with a value may be a part of the text before it: one of them is of several words. */
export function mayBeRestOfText(map: unknown, pair: Pair): boolean {
  const before = textBefore(map, pair);
  return before !== null && (before.includes(" ") || String(pair.key).includes(" "));
}

/** What to do about a key that is the rest of a text. */
export const REST_OF_TEXT = `the comma before it ends a text: ${IN_QUOTES}`;
/** The same where it only may be. */
export const MAYBE_REST_OF_TEXT = `if it belongs to the text before it, ${IN_QUOTES}`;

function textBefore(map: unknown, pair: Pair): string | null {
  if (!isMap(map) || map.flow !== true) return null;
  const before = map.items[map.items.indexOf(pair) - 1]?.value;
  if (!isScalar(before)) return null;
  const { value } = before;
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
