// The desk's live records, each in a row of its own: what a decision changed is put, what left the state goes to the archive. A row that
// cannot be read is noted to be put aside, and the rest does without it.
import { changesBetween, type Records, recordsFrom } from "@countersign/shared/values/records";
import type { StandingApproval } from "../../core/desk/records/standing-approval.ts";
import type { RecordPlace } from "../../core/desk/state/culprits.ts";
import {
  type Collection,
  DESK_RECORDS,
  type DeskState,
  type RecordIn,
} from "../../core/desk/state/desk-state.ts";
import { COLLECTIONS } from "../../core/desk/state/empty-desk.ts";
import { type DocumentOf, type Kind, recordOf } from "../../core/desk/state/record-kinds.ts";
import type { Found, Rows } from "../ports.ts";
import type { PutAside } from "../put-aside.ts";
import type { Archive, DeskRecords } from "./desk-ports.ts";

/** The records of each place in which two states differ, by the value's identity, as the later one has them. */
export type DeskDifference = { readonly [C in Collection]: readonly RecordIn<C>[] };

export class DeskStore {
  readonly #rows: Rows<DeskRecords>;
  readonly #archive: Archive;
  readonly #aside: PutAside;

  constructor(rows: Rows<DeskRecords>, archive: Archive, aside: PutAside) {
    this.#rows = rows;
    this.#archive = archive;
    this.#aside = aside;
  }

  load(): DeskState {
    const places = COLLECTIONS.map((collection) => [collection, this.#all(DESK_RECORDS[collection].kind)]);
    return Object.fromEntries(places) as DeskState;
  }

  /** Writes what changed, archives or forgets what left; returns what changed, for the projection. */
  save(from: DeskState, to: DeskState): DeskDifference {
    const places = COLLECTIONS.map((collection) => [collection, this.#savePlace(collection, from, to)]);
    return Object.fromEntries(places) as DeskDifference;
  }

  /** Notes a record with which no decision can be made: it goes to the archive, so that its link still opens. */
  noteCulprit({ collection, id }: RecordPlace, state: DeskState): void {
    const { kind } = DESK_RECORDS[collection];
    const record = state[collection].get(id);
    const stored = this.#rows.get(kind, id);
    this.#aside.note({
      record: { kind, id, problem: "no decision can be made with it" },
      text: JSON.stringify(record),
      remove: () => {
        // As it was stored: what is in memory may not even be readable.
        this.#leaves(kind, id, stored?.isReadable === true ? stored.record : undefined);
      },
    });
  }

  /** As it is stored, also one that is over. */
  standing(standingId: string): StandingApproval | null {
    const found = this.#rows.get("standing", standingId);
    return found?.isReadable === true ? found.record : this.#archive.standing(standingId);
  }

  #savePlace<C extends Collection>(collection: C, from: DeskState, to: DeskState): readonly RecordIn<C>[] {
    const [before, after]: readonly Records<object>[] = [from[collection], to[collection]];
    if (before === undefined || after === undefined || before === after) return [];
    const { kind } = DESK_RECORDS[collection];
    return changesBetween(before, after).flatMap(({ id, before: left, after: record }) => {
      if (record === undefined) this.#leaves(kind, id, left as DocumentOf[typeof kind]);
      else this.#rows.put(kind, id, record as DeskRecords[typeof kind]);
      return record === undefined ? [] : [record as RecordIn<C>];
    });
  }

  #leaves<K extends Kind>(kind: K, id: string, record: DocumentOf[K] | undefined): void {
    if (record !== undefined && recordOf(kind).whenOver !== "forgotten") this.#archive.put(kind, id, record);
    this.#rows.drop(kind, id);
  }

  #all<K extends Kind>(kind: K): Records<DocumentOf[K]> {
    const found: readonly Found<DocumentOf[K]>[] = this.#rows.list(kind);
    return recordsFrom(found.flatMap((row) => this.#readable(kind, row)));
  }

  // It must say the id under which it is stored.
  #readable<K extends Kind>(
    kind: K,
    row: Found<DocumentOf[K]>,
  ): readonly (readonly [string, DocumentOf[K]])[] {
    const id = String(row.id);
    if (row.isReadable && recordOf(kind).keyOf(row.record) === id) return [[id, row.record]];
    const unread = row.isReadable
      ? { problem: "another id than its own", text: JSON.stringify(row.record) }
      : row;
    this.#aside.note({
      record: { kind, id, problem: unread.problem },
      text: unread.text,
      remove: () => this.#rows.drop(kind, row.id),
    });
    return [];
  }
}
