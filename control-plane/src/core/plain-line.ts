// Text that came from a host, as one plain line: it stands in pages, titles and headers of channels that nobody here controls. Pure.

/** Longer than any line that a rule makes of texts within their limits; a line that is cut says so. */
export const LINE_CHARS_MAX = 1_000;

// Control characters (a line break would forge a line of the page) and marks that turn the direction of what follows.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const UNPRINTABLE = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]+/g;

/** The text without line breaks, control characters and direction marks, and not longer than a line. */
export function plainLine(text: string): string {
  const line = text.replaceAll(UNPRINTABLE, " ");
  return line.length <= LINE_CHARS_MAX ? line : `${line.slice(0, LINE_CHARS_MAX - 1)}…`;
}
