// What agent and journal helper say to each other on the helper's socket: one line with a service's name, one line of JSON back. Pure.
// What a reader would get wrong: the name is all that is asked with. Which unit it is, whose, how many lines and whether any at all, the helper
// reads in root's catalogue.
import { ItemName } from "@countersign/shared/values/ids";
import { ok, refuse, type Result } from "@countersign/shared/values/result";
import type { WordsRead } from "@countersign/shared/wire/last-words";

export const JOURNAL_SOCKET = "/run/countersign/journal.sock";
/** Longest question: a name and its line end. */
export const QUESTION_BYTES_MAX = 100;
/** Longest answer: all lines as JSON, each character escaped. */
export const ANSWER_BYTES_MAX = 64 * 1024;

/** What is told where nothing is to be told. */
export const NO_WORDS: WordsRead = { exit: null, lines: [], isCut: false };

/** The service that is asked for. */
export function parseQuestion(text: string): Result<string, { readonly reason: "question-malformed" }> {
  const name = text.endsWith("\n") ? ItemName.safeParse(text.slice(0, -1)) : null;
  return name?.success === true ? ok(name.data) : refuse({ reason: "question-malformed" });
}
