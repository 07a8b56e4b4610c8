// A search as words, each of which must be in a name: for D1 and for the desk's own rows alike. Pure. What a reader would
// get wrong: SQLite's lower() knows A to Z alone, so that is all that is folded anywhere: "Über" finds "Über BACKUP" by
// "Über backup", and not by "über".
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";

const WORDS_MAX = 8;

/** A text as D1 compares it: SQLite's lower(). */
export function foldedText(typed: string): string {
  return typed.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The words of a search, folded. */
export function searchWordsOf(search: string): readonly string[] {
  return foldedText(search.slice(0, SEARCH_CHARS_MAX))
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, WORDS_MAX);
}
