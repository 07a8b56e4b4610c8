// The desk's records by the name of their kind, as they are stored: what a table row says of which kind it is. Pure.
import { assert } from "@countersign/shared/values/result";
import type { DeskRecord } from "../records/desk-record.ts";
import { type Collection, DESK_RECORDS, type RecordIn } from "./desk-state.ts";
import { COLLECTIONS } from "./empty-desk.ts";

/** Each kind with its record. */
export type DocumentOf = {
  readonly [C in Collection as (typeof DESK_RECORDS)[C]["kind"]]: RecordIn<C>;
};
export type Kind = keyof DocumentOf;

const BY_KIND = new Map<string, DeskRecord<object, string>>(
  COLLECTIONS.map((collection) => {
    const record = DESK_RECORDS[collection] as unknown as DeskRecord<object, string>;
    return [record.kind, record];
  }),
);

/** What a kind is. */
export function recordOf<K extends Kind>(kind: K): DeskRecord<DocumentOf[K], K> {
  const record = BY_KIND.get(kind);
  assert(record !== undefined, "each kind has its line");
  return record as unknown as DeskRecord<DocumentOf[K], K>;
}
