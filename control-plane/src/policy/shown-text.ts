// A policy's own text as whoever is signed in may read it: all of it, comments too, but for the addresses of channels, for
// one may be as good as a password. Pure. What a reader would get wrong: an address is blanked wherever it stands, in a
// comment or behind an anchor as well.
import { type Document, isAlias, isMap, isScalar, type Node, parseDocument, type Scalar } from "yaml";
import { ADDRESS_KEYS } from "../channels/any-channel.ts";

/** What stands in the place of an address. */
export const BLANKED = "(an address, not shown)";
/** What is shorter may stand anywhere by chance. */
const TEXT_CHARS_MIN = 4;

/** The text of a policy that can be read; its secrets are never in it. */
export function shownText(text: string): string {
  const scalars = addressesIn(parseDocument(text));
  const ranges = scalars
    .flatMap(({ range }) => (range ? [[range[0], range[1]] as const] : []))
    .toSorted(([left], [right]) => right - left);
  const blanked = ranges.reduce(
    // A folded scalar ends with its last line's end, which is the end of what stands in its place.
    (rest, [begin, end]) =>
      `${rest.slice(0, begin)}${JSON.stringify(BLANKED)}${/\r?\n$/.exec(rest.slice(begin, end))?.[0] ?? ""}${rest.slice(end)}`,
    text,
  );
  const values = scalars.map(({ value }) => String(value)).filter((value) => value.length >= TEXT_CHARS_MIN);
  return values.reduce((rest, value) => rest.replaceAll(value, BLANKED), blanked);
}

function addressesIn(document: Document): readonly Scalar[] {
  const channels = resolved(document, document.get("channels", true) as Node | undefined);
  if (!isMap(channels)) return [];
  const found = channels.items.flatMap((pair) => {
    const channel = resolved(document, pair.value as Node | null);
    if (!isMap(channel)) return [];
    return [...ADDRESS_KEYS].flatMap((key) => {
      const scalar = resolved(document, channel.get(key, true));
      return isScalar(scalar) ? [scalar] : [];
    });
  });
  return [...new Set(found)];
}

function resolved(document: Document, node: Node | null | undefined): Node | null | undefined {
  return isAlias(node) ? node.resolve(document) : node;
}
