// Where a list goes on: the place of its last row in the list's order, as a text that travels in a query. Pure.
// What a reader would get wrong: it names a place and no row, so a row that moved or left meanwhile breaks nothing.
import { CURSOR_CHARS_MAX } from "@countersign/shared/values/limits";

/** The rows of one part of a list; `next` asks for the part after it, null: that was all. */
export interface Part<Row> {
  readonly rows: readonly Row[];
  readonly next: string | null;
}

/** A place in an order of a number and then a key. */
export interface Place {
  readonly number: number;
  readonly key: string;
}

/** The place that a cursor names; null: it is none. */
export function placeIn(cursor: string): Place | null {
  if (cursor.length > CURSOR_CHARS_MAX) return null;
  const found = /^(?<number>-?\d{1,16}):(?<key>.*)$/s.exec(cursor)?.groups;
  return found === undefined ? null : { number: Number(found["number"]), key: found["key"] ?? "" };
}

/** What was found, of which one more than `limit` was asked for. */
export function partOf<Row>(found: readonly Row[], limit: number, placeOf: (row: Row) => Place): Part<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (found.length <= limit || last === undefined) return { rows, next: null };
  const { number, key } = placeOf(last);
  return { rows, next: `${number}:${key}` };
}
