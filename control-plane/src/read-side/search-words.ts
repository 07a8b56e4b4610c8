// A search as words, each of which must be in a name: for D1 and for the desk's own register alike. Pure.
import { SEARCH_CHARS_MAX } from "@countersign/shared/values/limits";

const WORDS_MAX = 8;

/** The words of a search, in small letters. */
export function searchWordsOf(search: string): readonly string[] {
  return search
    .slice(0, SEARCH_CHARS_MAX)
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "")
    .slice(0, WORDS_MAX);
}
