// Views that fetch themselves again while something moves, without a script: by the `Refresh` header, which no `<meta>` can
// be (a reader could not stop that one). What a person has begun to write is never taken away: a view with a field is not
// fetched again. Pure.

/** In the address of a view that fetched itself: nobody opened it. */
export const AGAIN = "again";
/** In the address of a view that stands still because its reader wants it to. */
export const STILL = "still";

/** How Layout says it; a text of a host cannot, for its quotes are escaped. */
const MOVES_PATTERN = / data-moves="([0-9]{1,4})"/;
const FIELD_PATTERN = /<(?:textarea|select)\b|<input(?![^>]*\btype="hidden")/;

/** The value of the `Refresh` header for a view at an address; null: it stands still. */
export function refreshOf(markup: string, url: string): string | null {
  const [, seconds] = MOVES_PATTERN.exec(markup) ?? [];
  if (seconds === undefined || FIELD_PATTERN.test(markup)) return null;
  return `${seconds}; url=${addressOf(url, AGAIN)}`;
}

/** The same view with one of the two marks, and without the other; null: with none. */
export function addressOf(url: string, mark: typeof AGAIN | typeof STILL | null): string {
  const { pathname, searchParams } = new URL(url);
  searchParams.delete(AGAIN);
  searchParams.delete(STILL);
  if (mark !== null) searchParams.set(mark, "1");
  const query = searchParams.toString();
  return query === "" ? pathname : `${pathname}?${query}`;
}

/** Its reader wants it to stand still. */
export function isHeldStill(url: string): boolean {
  return new URL(url).searchParams.has(STILL);
}
