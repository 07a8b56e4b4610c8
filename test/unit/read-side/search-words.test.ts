// A search folds what SQLite's lower() folds, and nothing else: what D1 finds the desk's own rows find too.
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { foldedText, searchWordsOf } from "../../../control-plane/src/read-side/search-words.ts";

it.each(["Über BACKUP", "STRASSE ß", "İSTANBUL", "ΣΊΣΥΦΟΣ", "web-1 [A_Z]"])(
  "%s is folded as D1 does",
  (text) => {
    const [row] = new DatabaseSync(":memory:").prepare("SELECT lower(?) AS folded").all(text);
    expect(foldedText(text)).toBe(row?.["folded"]);
    expect(searchWordsOf(text).join(" ")).toBe(row?.["folded"]);
  },
);
