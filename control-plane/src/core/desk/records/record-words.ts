// What people are told when one record of any kind cannot be read. Pure. Which kinds there are stands in record-list.ts and other-records.ts.
import { assert } from "@countersign/shared/values/result";
import type { RecordWords } from "./desk-record.ts";
import { OTHER_RECORDS } from "./other-records.ts";
import { type RecordKind, RECORDS } from "./record-list.ts";
import { unreadableRecord } from "./unreadable-record.ts";

const BY_KIND: ReadonlyMap<RecordKind, RecordWords> = new Map<RecordKind, RecordWords>([
  ...[...Object.values(RECORDS), unreadableRecord].map(({ kind, unreadable }) => [kind, unreadable] as const),
  ...(Object.entries(OTHER_RECORDS) as [RecordKind, RecordWords][]),
]);

/** Every kind of which people may be told. */
export const RECORD_KINDS: readonly RecordKind[] = [...BY_KIND.keys()];

/** What the loss of one record of a kind means. */
export function meaningOf(kind: RecordKind): RecordWords {
  const words = BY_KIND.get(kind);
  assert(words !== undefined, "a kind of record is on a list");
  return words;
}
