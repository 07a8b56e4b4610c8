// The newest lines of a log within what may be told of one. Pure. Redact first: a secret that is cut in two has no form any more.
import { LAST_WORDS_BYTES_MAX, LAST_WORDS_LINES_MAX } from "@countersign/shared/values/limits";
import { encodeUtf8 } from "@countersign/shared/values/utf8";

/** Of one line so much: a dump in one line leaves room for what was said after it. */
const LINE_BYTES_MAX = 1_000;

/** The last lines, the newest last; `isCut`: a line was shortened, or some were left out for their length. */
export function boundedLines(lines: readonly string[]): {
  readonly lines: string[];
  readonly isCut: boolean;
} {
  const kept: string[] = [];
  let room = LAST_WORDS_BYTES_MAX;
  let isCut = false;
  for (const line of lines.slice(-LAST_WORDS_LINES_MAX).toReversed()) {
    const short = shortened(line);
    const bytes = encodeUtf8(short).length + (kept.length === 0 ? 0 : 1);
    if (short !== line) isCut = true;
    if (bytes > room) return { lines: kept, isCut: true };
    room -= bytes;
    kept.unshift(short);
  }
  return { lines: kept, isCut };
}

function shortened(line: string): string {
  const bytes = encodeUtf8(line.toWellFormed());
  if (bytes.length <= LINE_BYTES_MAX) return line.toWellFormed();
  // A character that is cut in two would be a mark: it goes.
  const text = new TextDecoder().decode(bytes.subarray(0, LINE_BYTES_MAX - 3)).replace(/\uFFFD+$/, "");
  return `${text}…`;
}
