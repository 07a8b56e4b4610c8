// What a list of incidents is narrowed to is said in words, and not by a form of eight fields that hides the list.
import { expect, it } from "vitest";
import { askedIn, narrowedWords } from "../../../../control-plane/src/web/incidents/incidents-asked.ts";

const wordsOf = (query: string) => {
  const read = new URLSearchParams(query);
  return narrowedWords(askedIn((name) => read.get(name) ?? undefined));
};

it.each([
  ["", ""],
  ["state=open&severity=error&host=web-1", "open, nobody has it · error · host web-1"],
  [
    "q=disk&service=demo&from=2026-11-01&to=2026-11-02",
    "“disk” · service demo · from 2026-11-01 · to 2026-11-02",
  ],
  ["reason=check-failing&state=nonsense", "check-failing"],
])("%s is said as %j", (query, words) => {
  expect(wordsOf(query)).toBe(words);
});
