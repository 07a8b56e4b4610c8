// What a card of the front view says was seen last: cut after a whole word, and within no character.
import { expect, it } from "vitest";
import { seenWords } from "../../../../control-plane/src/web/overview/open-incident.tsx";

const WORDS = "word ".repeat(21);

it.each([
  ["a text that just fits", "a".repeat(110), "a".repeat(110)],
  ["a word that ends at the cut", `${WORDS}and a fit`, `${WORDS}and a…`],
  ["a word that the cut goes through", `${WORDS}thereafter`, `${WORDS.trimEnd()}…`],
  ["one long word", "a".repeat(300), `${"a".repeat(110)}…`],
  ["characters of two halves", `a${"🙂".repeat(300)}`, `a${"🙂".repeat(109)}…`],
])("of %s", (_, seen, said) => expect(seenWords({ lastSeen: seen, restarts: null })).toBe(said));
