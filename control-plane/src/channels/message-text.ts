// A message's words as plain text for providers: nothing in them steers what shows them, whatever a host wrote, and
// they end where a provider's limit is. Pure. What a reader would get wrong: this is no escaping. A channel that writes
// markup escapes what comes from here.
import { visibleLine } from "@countersign/shared/values/visible-text";
import { cutText } from "./fitted-text.ts";

/** Longer lines are cut: nobody reads them at night, and the view has them. */
const LINE_CHARS_MAX = 600;

const LINE_END = /\r\n|[\r\n]/;

/** Words as one line, of so many UTF-16 units at most. */
export function oneLine(words: string, charsMax: number): string {
  return cutText(visibleLine(words), charsMax);
}

/** Words as lines, of so many UTF-16 units at most. */
export function plainLines(words: string, charsMax: number): string {
  const lines = words.split(LINE_END).map((line) => oneLine(line, LINE_CHARS_MAX));
  return cutText(lines.join("\n"), charsMax);
}

/** The first line of such words. */
export function firstLine(words: string, charsMax: number): string {
  return oneLine(words.split(LINE_END)[0] ?? "", charsMax);
}

/** An address over TLS with a name as others look it up; null for any other: providers refuse a message that holds one. */
export function publicAddress(address: string | null): string | null {
  const url = address === null ? null : URL.parse(address);
  return url?.protocol === "https:" && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(url.hostname) ? address : null;
}
