// Text that came from a host, as one plain line: it stands in pages, titles and headers of channels that nobody here controls. Pure.
import { visibleLine } from "@countersign/shared/values/visible-text";

/** Longer than any line that a rule makes of texts within their limits; a line that is cut says so. */
export const LINE_CHARS_MAX = 1_000;

/** The text without what cannot be seen, and not longer than a line. */
export function plainLine(text: string): string {
  const line = visibleLine(text);
  return line.length <= LINE_CHARS_MAX ? line : `${line.slice(0, LINE_CHARS_MAX - 1)}…`;
}
