// How much of a text fits into a provider's message. Pure. Providers count in bytes of UTF-8, in characters, or in
// something that they do not say; UTF-16 units are never fewer than characters, so what fits by them fits. What a
// reader would get wrong: a text is never cut within a character, nor within what stands for one after escaping: half
// of either says something else, or is refused.
import { encodeUtf8 } from "@countersign/shared/values/utf8";
import { visibleLine } from "@countersign/shared/values/visible-text";

const ELLIPSIS = "…";
const ELLIPSIS_BYTES = 3;

/** What a host or a person wrote, with line ends kept and nothing else that cannot be seen. */
export function seenText(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map(visibleLine)
    .join("\n");
}

/** How a character is written where a provider reads mark-up; `before` and `after`: its neighbours, "\\n" at either end. */
export type Written = (
  character: string,
  around: { readonly before: string; readonly after: string },
) => string;

/** The beginning of a text that fits into so many UTF-16 units, counted as `written` has each of its characters. */
export function cutText(text: string, unitsMax: number, written: Written = asItIs): string {
  return cut(text, { max: unitsMax, ellipsis: ELLIPSIS.length, sizeOf: ({ length }) => length, written });
}

/** The beginning of a text that fits into so many bytes of UTF-8, with the escapes that it has within JSON. */
export function cutJsonBytes(text: string, bytesMax: number): string {
  return cut(text, { max: bytesMax, ellipsis: ELLIPSIS_BYTES, sizeOf: jsonBytesOf, written: asItIs });
}

interface Fit {
  readonly max: number;
  readonly ellipsis: number;
  readonly sizeOf: (text: string) => number;
  readonly written: Written;
}

function cut(text: string, { ellipsis, max, sizeOf, written }: Fit): string {
  // Each character is at least one unit or byte: more of them than `max` are never needed.
  const characters = Array.from(text.slice(0, 2 * (max + 1)));
  let [whole, fitting, size] = ["", "", 0];
  for (const [index, character] of characters.entries()) {
    const [before = "\n", after = "\n"] = [characters[index - 1], characters[index + 1]];
    const added = written(character, { before, after });
    size += sizeOf(added);
    if (size > max) return max < ellipsis ? "" : fitting + ELLIPSIS;
    whole += added;
    if (size <= max - ellipsis) fitting = whole;
  }
  return whole;
}

function jsonBytesOf(character: string): number {
  return encodeUtf8(JSON.stringify(character)).length - 2;
}

function asItIs(character: string): string {
  return character;
}
