// What a service's log said last, and how it exited, as its host tells it: for people to read, judged by nobody. Bounded and redacted on the
// host before it leaves it. What a reader would get wrong: it is a stranger's text. Whoever shows it escapes it, makes no link of it, and sends
// none of it in a page.
import * as z from "zod";
import { ItemName } from "../values/ids.ts";
import { Instant } from "../values/instant.ts";
import { LAST_WORDS_BYTES_MAX, LAST_WORDS_LINES_MAX } from "../values/limits.ts";
import { isLongerInUtf8 } from "../values/utf8.ts";

/** `failed`: the service failed; `act-failed`: what was approved ran, and did not succeed. */
export const WordsOccasion = z.enum(["failed", "act-failed"]);
export type WordsOccasion = z.infer<typeof WordsOccasion>;

/** How systemd says that the main process ended: `exited` with a status, `killed` or `dumped` by a signal's number. */
export const ExitStatus = z.strictObject({
  code: z.string().max(20),
  status: z.int().min(0).max(255),
});
export type ExitStatus = z.infer<typeof ExitStatus>;

/** The message's own part; `version` and `type` stand around it (protocol.ts). */
export const lastWordsFields = {
  service: ItemName,
  /** by the host's clock */
  at: Instant,
  occasion: WordsOccasion,
  /** null: it is not known, or nothing exited */
  exit: ExitStatus.nullable(),
  /** oldest first, without line ends; empty: the log has none, cannot be read, or is switched off */
  lines: z
    .array(z.string())
    .max(LAST_WORDS_LINES_MAX)
    .refine(
      (lines) => !isLongerInUtf8(lines.join("\n"), LAST_WORDS_BYTES_MAX),
      `at most ${LAST_WORDS_BYTES_MAX} bytes in all`,
    ),
  /** a line was cut, or lines before these were left out for their length */
  isCut: z.boolean(),
};
/** As they are read on the host: neither of whom, nor when. */
export const WordsRead = z.strictObject({
  exit: lastWordsFields.exit,
  lines: lastWordsFields.lines,
  isCut: lastWordsFields.isCut,
});
export type WordsRead = z.infer<typeof WordsRead>;

const LastWords = z.strictObject(lastWordsFields);
export type LastWords = z.infer<typeof LastWords>;
